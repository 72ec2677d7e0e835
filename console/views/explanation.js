// Every advisory that was a candidate, the comparison that was made, and what came of it.
import { imagePath } from "../api.js";
import { Chip } from "../components/chips.js";
import { Dialog } from "../components/dialog.js";
import { Hostile } from "../components/page.js";
import { Empty, Shown } from "../components/states.js";
import { Table } from "../components/table.js";
import { textOf } from "../format.js";
import { html } from "../html.js";
import { useResource } from "../state/resource.js";
import { text } from "../text.js";

const columns = [
  { name: "package", label: text.columns.package, cell: (row) => html`<${Hostile} value=${`${row.package} ${row.version}`} /><span class="aliases">${row.ecosystem}</span>` },
  { name: "outcome", label: text.columns.outcome, cell: (row) => html`<${Chip} value=${row.outcome === "affected" ? "high" : row.outcome} words=${{ ...text.outcome, high: text.outcome.affected }} />` },
  { name: "because", label: text.columns.because, cell: (row) => html`<${Hostile} value=${textOf(row.because)} />` },
  { name: "advisory", label: text.columns.advisory, cell: (row) => html`<${Hostile} value=${row.advisory} /><span class="aliases"><${Hostile} value=${[row.source, ...(row.ids ?? [])].filter((id) => id !== row.advisory).slice(0, 4).join(" · ")} /></span>` },
  { name: "range", label: text.columns.range, cell: (row) => html`<${Hostile} kind="mono" value=${textOf(row.range)} />` },
  { name: "path", label: text.columns.path, cell: (row) => html`<${Hostile} kind="mono" value=${textOf(row.path)} />` },
];

export function Explanation({ image, about, close }) {
  const resource = useResource(`${imagePath(image)}/explain`, { about });
  return html`<${Dialog} title=${text.detail.explainTitle(about)} close=${close} wide>
    ${resource.problem?.kind === "missing" && resource.state === "failed" ? html`<${Empty} words=${text.empty.inventory} />` : html`<${Shown} resource=${resource} what=${text.actions.explain}>
      ${(answer) => html`<p class="quiet">${text.detail.explainLead(answer.revision)}</p>
        ${answer.candidates.length
          ? html`<${Table} label=${text.detail.explainTitle(about)} columns=${columns} rows=${answer.candidates} kind="rows small" />`
          : html`<${Empty} words=${text.empty.candidates} />`}`}
    <//>`}
  <//>`;
}
