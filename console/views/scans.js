// The history of scans; those that run move by themselves.
import { Chip } from "../components/chips.js";
import { clearFilters, FilterBar, useFilters } from "../components/filters.js";
import { List } from "../components/list.js";
import { Hostile, PageHead } from "../components/page.js";
import { Table } from "../components/table.js";
import { durationOf, momentOf, scopeName, wordOf } from "../format.js";
import { html } from "../html.js";
import { openDialog } from "../state/dialogs.js";
import { useList } from "../state/list.js";
import { useResource } from "../state/resource.js";
import { text } from "../text.js";
import { scanFields } from "./filter_fields.js";
import { hasEnded, Progress } from "./scan_progress.js";

const tones = { complete: "complete", partial: "partial", unsupported: "unsupported", failed: "failed", running: "running", queued: "queued" };

/** A row that follows its scan while that runs. */
function Moving({ scan, children }) {
  const resource = useResource(hasEnded(scan) ? null : `/scans/${encodeURIComponent(scan.id)}`, {}, { every: 3000 });
  return children(resource.value ?? scan);
}

const took = (scan) => (scan.ended ? durationOf((new Date(scan.ended) - new Date(scan.started)) / 1000) : text.scanState.running);

const columns = [
  { name: "scope", label: text.columns.scope, cell: (row) => html`<span class="name"><${Hostile} value=${scopeName(row.scope)} /></span><span class="aliases mono">${row.id}</span>` },
  { name: "trigger", label: text.columns.trigger, cell: (row) => wordOf(text.trigger, row.trigger) },
  { name: "started", label: text.columns.started, cell: (row) => html`<time datetime=${row.started}>${momentOf(row.started)}</time>` },
  { name: "took", label: text.columns.took, cell: (row) => html`<${Moving} scan=${row}>${(now) => took(now)}<//>` },
  { name: "state", label: text.columns.state, cell: (row) => html`<${Moving} scan=${row}>${(now) => html`<${Chip} value=${tones[now.state] ?? now.state} words=${text.scanState} />${now.detail && html`<span class="aliases"><${Hostile} value=${now.detail} /></span>`}`}<//>` },
  {
    name: "progress", label: text.columns.progress,
    cell: (row) => html`<${Moving} scan=${row}>${(now) => html`<${Progress} scan=${now} />
      ${!hasEnded(now) && html`<button type="button" class="small" aria-label=${`${text.scan.watch} ${scopeName(now.scope)}`} onClick=${() => openDialog("scan", { scan: now })}>${text.actions.show}</button>`}`}<//>`,
  },
];

export function Scans() {
  const filters = useFilters(scanFields);
  const list = useList("/scans", filters.asked, { first: filters.rows });
  const what = text.titles.scans;
  return html`<${PageHead} title=${what} lead=${text.leads.scans}><button type="button" onClick=${list.reload}>${text.actions.reload}</button><//>
    <${FilterBar} fields=${scanFields} filters=${filters} />
    <${List} list=${list} what=${what} words=${text.empty.scans} filtered=${filters.chosen.length > 0} clear=${clearFilters} kept>
      ${(rows) => html`<${Table} label=${what} columns=${columns} rows=${rows} rowKey=${(row) => row.id} kind="rows" />`}
    <//>`;
}
