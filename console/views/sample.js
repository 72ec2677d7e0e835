// One malicious sample: what it does, what matched, where it lies, and what people decided about it.
import { Chip, Counts, LevelChip } from "../components/chips.js";
import { CopyButton } from "../components/copy_button.js";
import { List } from "../components/list.js";
import { Facts, Hostile, PageHead, Section } from "../components/page.js";
import { Shown } from "../components/states.js";
import { Table } from "../components/table.js";
import { bytesOf, momentOf, safeAddress, shortOf, textOf, wordOf } from "../format.js";
import { html, useState } from "../html.js";
import { useList } from "../state/list.js";
import { useResource } from "../state/resource.js";
import { text } from "../text.js";
import { LayerName } from "./affected_image.js";
import { ImageLink } from "./images.js";
import { SampleStatusDialog } from "./sample_status_dialog.js";

function Hits({ hits }) {
  if (!hits?.length) return text.unknown.notGiven;
  return html`<ul class="plain">${hits.slice(0, 5).map((hit) => html`<li key=${`${hit.string} ${hit.offset}`}>${text.sample.hit(hit.string, hit.offset)}<span class="aliases"><${Hostile} kind="mono" value=${hit.excerpt} /></span></li>`)}</ul>`;
}

const ruleColumns = [
  { name: "rule", label: text.columns.rule, cell: (row) => html`<b><${Hostile} value=${row.rule} /></b><span class="aliases"><${Hostile} value=${row.family || text.unknown.value} /></span>` },
  { name: "level", label: text.columns.level, cell: (row) => html`<${LevelChip} value=${row.level} />` },
  { name: "what", label: text.columns.what, cell: (row) => html`<${Hostile} value=${textOf(row.description, text.unknown.text)} />` },
  { name: "hits", label: text.sample.hits, cell: (row) => html`<${Hits} hits=${row.hits} />` },
  { name: "pack", label: text.columns.pack, cell: (row) => html`<${Hostile} value=${textOf(row.pack)} />${row.detector && html`<span class="aliases">${wordOf(text.detector, row.detector)}</span>`}` },
  {
    name: "reference", label: text.sample.reference,
    cell: (row) => {
      const address = safeAddress(row.reference);
      return address ? html`<a href=${address} target="_blank" rel="noopener noreferrer nofollow"><${Hostile} value=${row.reference} /></a>` : html`<${Hostile} value=${textOf(row.reference, text.unknown.notGiven)} />`;
    },
  },
];

const fileColumns = [
  { name: "path", label: text.columns.path, cell: (row) => html`<${Hostile} kind="mono" value=${row.path} />` },
  { name: "layer", label: text.columns.layer, cell: (row) => html`<${LayerName} layer=${row.layer} />` },
  { name: "removed", label: text.columns.state, cell: (row) => (row.removed ? text.sample.removed : text.sample.present) },
];

function InImage({ row }) {
  return html`<div class="in-image"><div class="line"><span><${ImageLink} image=${row.image} /></span><${Chip} value=${row.state} words=${text.findingState} /></div>
    <${Table} label=${`${text.sample.files}: ${row.image.id}`} columns=${fileColumns} rows=${row.files ?? []} kind="rows small" /></div>`;
}

function Status({ sample, changed }) {
  const [open, set] = useState(false);
  const decided = sample.status_by || sample.status_at;
  return html`<${Section} title=${text.sample.status} kind="aside">
    <p><${Chip} value=${sample.status} words=${text.processing} /></p>
    <p>${text.processingNotes[sample.status]}</p>
    <p class="quiet">${decided ? text.sample.by(textOf(sample.status_by), momentOf(sample.status_at)) : text.sample.nobody}</p>
    ${decided && html`<p><b>${text.sample.note}:</b> <${Hostile} value=${textOf(sample.note, text.sample.noReason)} /></p>`}
    <button type="button" onClick=${() => set(true)}>${text.sample.change}</button>
    ${open && html`<${SampleStatusDialog} sample=${sample} close=${() => set(false)} changed=${changed} />`}
  <//>`;
}

const whatItDoes = (sample) => [...new Set((sample.rules ?? []).map((rule) => rule.description).filter(Boolean))];

function Behaviours({ behaviours }) {
  if (!behaviours?.length) return null;
  return html`<ul class="tags roomy">${behaviours.map((name) => html`<li key=${name} class="tag hot">${wordOf(text.behaviour, name)}</li>`)}</ul>`;
}

function History({ sample }) {
  if (!sample.history) return null;
  return html`<${Section} title=${text.sample.history} kind="aside">${sample.history.length
    ? html`<ol class="plain history">${sample.history.map((one) => html`<li key=${one.version}><b>${wordOf(text.processing, one.status)}</b> <span class="quiet">${text.sample.by(textOf(one.by), momentOf(one.at))}</span>
        <span class="aliases"><${Hostile} value=${textOf(one.note, text.sample.noReason)} /></span></li>`)}</ol>`
    : html`<p class="quiet">${text.sample.historyEmpty}</p>`}<//>`;
}

function Body({ sample, files, changed }) {
  const does = whatItDoes(sample);
  return html`<div class="with-aside"><div>
      <${Section} title=${text.sample.does}><${Behaviours} behaviours=${sample.behaviours} />${does.length ? does.map((line) => html`<p class="prose" key=${line}><${Hostile} value=${line} /></p>`) : html`<p class="quiet">${text.unknown.text}</p>`}<//>
      <${Section} title=${text.sample.rules}><${Table} label=${text.sample.rules} columns=${ruleColumns} rows=${sample.rules ?? []} kind="rows small" /><//>
      <${Section} title=${text.sample.files}>
        <${List} list=${files} what=${text.sample.files} words=${text.empty.affected}>${(rows) => rows.map((row) => html`<${InImage} key=${row.image.id} row=${row} />`)}<//>
      <//>
    </div><div class="aside-column"><${Status} sample=${sample} changed=${changed} /><${History} sample=${sample} />
      <${Section} title=${text.detail.basic} kind="aside"><${Facts} facts=${[
        [text.sample.hash, html`<${Hostile} kind="mono" value=${sample.sha256} /> <${CopyButton} value=${sample.sha256} label=${text.detail.copyHash} />`],
        sample.purl ? [text.sample.package, html`<${Hostile} kind="mono" value=${sample.purl} />`] : [text.sample.size, bytesOf(sample.size)],
        [text.columns.affected, html`<${Counts} counts=${sample.images} words=${text.level} />${sample.quiet_images > 0 && html`<span class="aliases">${text.sample.quiet(sample.quiet_images)}</span>`}`],
        sample.allowed_by?.length > 0 && [text.sample.allowed, html`<${Hostile} value=${sample.allowed_by.map((entry) => entry.reason).join("; ")} />`],
        [text.columns.firstScan, momentOf(sample.first_scan)],
        [text.columns.lastScan, momentOf(sample.last_scan)],
      ]} /><//></div></div>`;
}

export function Sample({ id }) {
  const path = `/samples/${encodeURIComponent(id)}`;
  const resource = useResource(path);
  const files = useList(`${path}/images`, {});
  const sample = resource.value;
  return html`<${PageHead} title=${html`<${Hostile} value=${sample?.name || text.sample.unnamed} />`} lead=${html`<${Hostile} kind="mono" value=${shortOf(id)} />`}
      above=${sample && html`<p class="above"><${LevelChip} value=${sample.level} /> <span class="quiet">${wordOf(text.processing, sample.status)}</span></p>`} />
    <${Shown} resource=${resource} what=${text.columns.sample}>
      ${(value) => html`<${Body} sample=${value} files=${files} changed=${resource.replace} />`}
    <//>`;
}
