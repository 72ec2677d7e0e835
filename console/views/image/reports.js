// What is known of one image as a file: the answers of the API, gathered when it is asked for.
import { ask, imagePath, save } from "../../api.js";
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

export function Reports({ image }) {
  const [now, set] = useState({ state: "idle" });
  const make = async () => {
    set({ state: "busy" });
    try {
      const name = `${image.repository.replaceAll("/", "-")}-${shortOf(image.digest)}.json`;
      save(JSON.stringify(await gather(image), null, 2), { name, type: "application/json" });
      set({ state: "done", name });
    } catch (problem) {
      set({ state: "failed", problem });
    }
  };
  return html`<p class="quiet">${text.image.reportsLead}</p>
    <button type="button" disabled=${now.state === "busy"} onClick=${make}>${now.state === "busy" ? text.reports.preparing : text.reports.everything}</button>
    <p role="status">${now.state === "done" && text.reports.done(now.name)}</p>
    ${now.state === "failed" && html`<${Notice} kind="failed" title=${text.reports.failed} live><p>${problemText(now.problem)}</p><//>`}`;
}
