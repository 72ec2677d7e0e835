// One affected image: what mends it, why it is affected and what can break.
import { PriorityChip, StateChip } from "../components/chips.js";
import { Command } from "../components/copy_button.js";
import { Facts, Hostile } from "../components/page.js";
import { Table } from "../components/table.js";
import { imageName, momentOf, textOf, wordOf } from "../format.js";
import { html } from "../html.js";
import { text } from "../text.js";
import { Explanation } from "./explanation.js";
import { ImageLink } from "./images.js";
import { useState } from "../html.js";

/** The layer of a package or file, and the instruction that made it. */
export function LayerName({ layer }) {
  if (!layer || typeof layer.index !== "number") return html`<span class="quiet">${text.unknown.value}</span>`;
  return html`${text.detail.layerOf(layer.index)}<span class="aliases"><${Hostile} kind="mono" value=${layer.created_by || text.detail.noInstruction} /></span>`;
}

export const fixedIn = (row) => row.fixed_version || wordOf(text.fixState, row.fix_state, text.fixState.unknown);

export const impactColumns = [
  {
    name: "software", label: text.columns.software,
    cell: (row) => html`<b><${Hostile} value=${row.name} /></b> <${Hostile} kind="mono" value=${row.version} />
      <span class="aliases"><${Hostile} value=${row.ecosystem} />${row.source_name && html` · <${Hostile} value=${text.detail.sourcePackage(row.source_name)} />`}</span>`,
  },
  { name: "fixed", label: text.columns.fixed, cell: (row) => html`<${Hostile} kind="mono" value=${fixedIn(row)} />` },
  { name: "cause", label: text.columns.cause, cell: (row) => html`<${Hostile} value=${textOf(row.cause ?? row.range)} /><span class="aliases"><${Hostile} value=${`${textOf(row.advisory)} · ${textOf(row.source)}`} /></span>` },
  { name: "path", label: text.columns.path, cell: (row) => html`<${Hostile} kind="mono" value=${textOf(row.path)} />` },
  { name: "layer", label: text.columns.layer, cell: (row) => html`<${LayerName} layer=${row.layer} />` },
];

function Fix({ row }) {
  const name = imageName(row.image);
  return html`<div class="fix"><h3>${text.detail.fix}</h3>
      ${row.fix_command
        ? html`<p class="quiet">${text.detail.commandNote}</p><${Command} value=${row.fix_command} label=${text.detail.copyCommand(name)} />`
        : html`<p><b>${text.detail.noCommand}.</b></p>`}
      ${row.dockerfile && html`<p><b>${text.detail.dockerfile}:</b> <${Hostile} value=${row.dockerfile} /></p>`}
      ${row.fix_note && html`<p><${Hostile} value=${row.fix_note} /></p>`}</div>
    <div class="caution"><h3>${text.detail.caution}</h3><p><${Hostile} value=${row.caution || text.detail.noCaution} /></p>
      ${row.prevention && html`<h3>${text.detail.prevention}</h3><p><${Hostile} value=${row.prevention} /></p>`}</div>`;
}

export function AffectedImage({ id, row, open }) {
  const [asked, ask] = useState(false);
  const name = imageName(row.image);
  return html`<details class="affected" open=${open}>
    <summary><span class="summary-line"><${PriorityChip} value=${row.priority} /><b><${Hostile} value=${name} /></b>
      ${row.state !== "open" && html`<${StateChip} value=${row.state} />`}
      ${row.origin && html`<span class="tag">${wordOf(text.originShort, row.origin)}</span>`}
      <span class="quiet">${row.fix_command ? text.list.fix : text.list.noFix}</span></span></summary>
    <div class="affected-body">
      <div class="line"><${ImageLink} image=${row.image} /></div>
      <div class="two"><${Fix} row=${row} /></div>
      <h3>${text.detail.impact}</h3>
      <${Table} label=${`${text.detail.impact}: ${name}`} columns=${impactColumns} rows=${row.packages ?? []} kind="rows small" />
      <div class="line"><${Facts} facts=${[[text.detail.firstSeen, momentOf(row.first_seen)], [text.detail.lastSeen, momentOf(row.last_seen)]]} />
        <button type="button" aria-label=${text.detail.explainFor(id, name)} onClick=${() => ask(true)}>${text.actions.explain}</button></div>
      ${asked && html`<${Explanation} image=${row.image.id} about=${id} close=${() => ask(false)} />`}
    </div>
  </details>`;
}
