// One image, whole: its risk, what its scan saw, and a tab for everything else.
import { imagePath } from "../../api.js";
import { Counts, RiskChip, riskOf } from "../../components/chips.js";
import { CopyButton } from "../../components/copy_button.js";
import { Facts, Hostile, PageHead, Section } from "../../components/page.js";
import { Shown } from "../../components/states.js";
import { Tabs } from "../../components/tabs.js";
import { imageName, momentOf, textOf } from "../../format.js";
import { html } from "../../html.js";
import { useAddress } from "../../router.js";
import { openDialog } from "../../state/dialogs.js";
import { useResource } from "../../state/resource.js";
import { text } from "../../text.js";
import { Compare } from "./compare.js";
import { Coverage } from "./coverage.js";
import { Findings } from "./findings.js";
import { Layers } from "./layers.js";
import { Packages } from "./packages.js";
import { Plan } from "./plan.js";
import { Reports } from "./reports.js";
import { ImageSamples } from "./samples.js";

const panels = { layers: Layers, findings: Findings, samples: ImageSamples, packages: Packages, plan: Plan, compare: Compare, reports: Reports };

function About({ image }) {
  return html`<${Section} title=${text.detail.basic} kind="aside"><${Facts} facts=${[
    [text.columns.risk, html`<${RiskChip} value=${riskOf(image)} />${text.riskNotes[riskOf(image)] && html`<span class="aliases">${text.riskNotes[riskOf(image)]}</span>`}`],
    [text.columns.findings, image.last_scan ? html`<${Counts} counts=${image.vulnerabilities} />` : text.unknown.value],
    [text.columns.samples, image.last_scan ? html`<${Counts} counts=${image.samples} words=${text.level} />` : text.unknown.value],
    [text.image.tags, html`<${Hostile} value=${image.tags?.join(", ") || text.image.untagged} />`],
    [text.image.platform, html`<${Hostile} value=${textOf(image.platform)} />`],
    [text.image.registry, html`<${Hostile} value=${textOf(image.instance)} />`],
    [text.filters.namespace, html`<${Hostile} value=${textOf(image.namespace, text.unknown.none)} />`],
    [text.image.digest, html`<${Hostile} kind="mono" value=${image.digest} /> <${CopyButton} value=${image.digest} label=${text.detail.copyDigest} />`],
    image.base && [text.image.base, html`<${Hostile} value=${image.base.name || text.unknown.value} /><span class="aliases"><${Hostile} value=${image.base.because ?? ""} /></span>`],
    [text.columns.firstScan, momentOf(image.first_scan)],
    [text.columns.lastScan, momentOf(image.last_scan)],
  ]} /><//>`;
}

function Body({ image }) {
  const { query } = useAddress();
  const chosen = panels[query.get("tab")] ? query.get("tab") : "layers";
  const tabs = Object.fromEntries(Object.keys(panels).map((name) => [name, text.image.tabs[name]]));
  return html`<div class="with-aside"><div><${Tabs} label=${imageName(image)} tabs=${tabs} chosen=${chosen} panel=${html`<${panels[chosen]} key=${chosen} image=${image} />`} /></div>
    <div class="aside-column"><${Coverage} image=${image} /><${About} image=${image} /></div></div>`;
}

export function Image({ id }) {
  const resource = useResource(imagePath(id));
  const image = resource.value;
  const name = image ? imageName(image) : id.replace(/^[^/]*\//, "");
  return html`<${PageHead} title=${html`<${Hostile} value=${name} />`} lead=${image && html`<${Hostile} value=${image.instance} />`}
      above=${image && html`<p class="above"><${RiskChip} value=${riskOf(image)} /></p>`}>
      <button type="button" onClick=${() => openDialog("scan", { scope: `IMG#${id}` })}>${text.actions.scanNow}</button><//>
    <${Shown} resource=${resource} what=${text.columns.image}>${(value) => html`<${Body} image=${value} />`}<//>`;
}
