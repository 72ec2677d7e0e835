// What is known of one image as a file: the answers of the API, gathered when it is asked for.
import { ask, askFile, imagePath, save } from "../../api.js";
import { Notice, problemText } from "../../components/states.js";
import { shortOf } from "../../format.js";
import { html, useState } from "../../html.js";
import { text } from "../../text.js";
import { allFindings } from "./all_findings.js";

/** Everything that the API tells; what it does not have (layers of an image that nobody has read) is null. */
async function gather(image) {
  const absent = (problem) => {
    if (problem.kind === "missing") return null;
    throw problem;
  };
  const path = imagePath(image.id);
  const [now, findings, layers, plan] = await Promise.all([
    ask(path), allFindings(image.id, {}), ask(`${path}/layers`).catch(absent), ask(`${path}/fix-plan`).catch(absent),
  ]);
  return { image: now, findings, layers: layers?.items ?? null, fix_plan: plan };
}

const ENDINGS = { html: "html", csv: "csv", jsonl: "jsonl", json: "scan.json", cyclonedx: "cdx.json", sarif: "sarif", junit: "xml", asff: "asff.json", openvex: "openvex.json", spdx: "spdx.json" };
// A bill of materials that no finding is in stands at another address.
const BILLS = new Set(["spdx"]);

export function Reports({ image }) {
  const [now, set] = useState({ state: "idle" });
  const [format, choose] = useState("html");
  const everything = async () => ({ body: JSON.stringify(await gather(image), null, 2), type: "application/json" });
  const report = () => askFile(`${imagePath(image.id)}/${BILLS.has(format) ? "sbom" : "report"}`, { query: { format } });
  const make = async (fetched, ending) => {
    set({ state: "busy" });
    try {
      const { body, type } = await fetched();
      const name = `${image.repository.replaceAll("/", "-")}-${shortOf(image.digest)}.${ending}`;
      save(body, { name, type });
      set({ state: "done", name });
    } catch (problem) {
      set({ state: "failed", problem });
    }
  };
  const busy = now.state === "busy";
  return html`<p><label>${text.reports.format} <select value=${format} onChange=${(event) => choose(event.target.value)}>
      ${Object.entries(text.reports.formats).map(([name, words]) => html`<option key=${name} value=${name}>${words}</option>`)}
    </select></label>
    <button type="button" class="primary" disabled=${busy} onClick=${() => make(report, ENDINGS[format])}>${text.reports.download}</button></p>
    <p class="quiet">${text.image.reportsLead}</p>
    <button type="button" disabled=${busy} onClick=${() => make(everything, "json")}>${busy ? text.reports.preparing : text.reports.everything}</button>
    <p role="status">${now.state === "done" && text.reports.done(now.name)}</p>
    ${now.state === "failed" && html`<${Notice} kind="failed" title=${text.reports.failed} live><p>${problemText(now.problem)}</p><//>`}`;
}
