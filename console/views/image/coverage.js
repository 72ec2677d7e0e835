// What the last scan of an image saw, and everything that it did not, with the reason.
import { StatusChip } from "../../components/chips.js";
import { Facts, Hostile, Section } from "../../components/page.js";
import { bytesOf, durationOf, numberOf, textOf, wordOf } from "../../format.js";
import { html, useState } from "../../html.js";
import { text } from "../../text.js";

const FIRST = 5;

function Reasons({ reasons }) {
  const [all, show] = useState(false);
  if (!reasons.length) return html`<p class="quiet">${text.image.allSeen}</p>`;
  const shown = all ? reasons : reasons.slice(0, FIRST);
  return html`<h3>${text.image.reasons(reasons.length)}</h3>
    <ul class="reasons">${shown.map((reason, index) => html`<li key=${index}><b>${wordOf(text.reason, reason.code)}</b>
      ${reason.detail && html`<span><${Hostile} value=${reason.detail} /></span>`}
      ${reason.path && html`<span class="aliases"><${Hostile} kind="mono" value=${reason.path} /></span>`}</li>`)}</ul>
    ${!all && reasons.length > FIRST && html`<button type="button" class="small" onClick=${() => show(true)}>${text.image.moreReasons(reasons.length)}</button>`}`;
}

export function Coverage({ image }) {
  const seen = image.coverage;
  const status = image.status ?? "unscanned";
  return html`<${Section} title=${text.image.coverage} kind=${`aside status-${status}`}>
    <p><${StatusChip} value=${status} /></p><p>${text.statusNotes[status]}</p>
    ${seen && html`<${Reasons} reasons=${seen.reasons ?? []} />
      <${Facts} facts=${[
        [text.image.distribution, html`<${Hostile} value=${textOf(seen.distribution)} />`],
        [text.image.layersRead, text.image.of(seen.layers_read, seen.layers)],
        [text.image.packages, numberOf(seen.packages)],
        [text.image.filesScanned, text.image.of(seen.files_scanned, seen.files)],
        [text.image.bytes, bytesOf(seen.bytes_scanned)],
        ...(seen.left_out ?? []).map((left) => [wordOf(text.leftOut, left.why), text.image.filesOf(left.files, bytesOf(left.bytes))]),
        [text.image.advisoryAge, durationOf(seen.advisory_age_seconds)],
        [text.image.advisories, html`<${Hostile} kind="mono" value=${textOf(seen.advisory_revision)} />`],
        [text.image.rules, html`<${Hostile} kind="mono" value=${textOf(seen.rules_revision)} />`],
      ]} />`}
  <//>`;
}
