// The list "Malicious Samples".
import { Chip, Counts, LevelChip } from "../components/chips.js";
import { clearFilters, FilterBar, useFilters } from "../components/filters.js";
import { List, Total } from "../components/list.js";
import { Hostile, PageHead } from "../components/page.js";
import { Table } from "../components/table.js";
import { agoOf, momentOf } from "../format.js";
import { html } from "../html.js";
import { useList } from "../state/list.js";
import { text } from "../text.js";
import { sampleFields } from "./filter_fields.js";

export const sampleHref = (sha256) => `/sample/${encodeURIComponent(sha256)}`;

const columns = [
  {
    name: "name",
    label: text.columns.sample,
    cell: (row) => html`<a class="name" href=${sampleHref(row.sha256)}><${Hostile} value=${row.name || text.sample.unnamed} /></a>
      <span class="aliases mono"><${Hostile} value=${row.sha256} /></span>`,
  },
  { name: "level", label: text.columns.level, cell: (row) => html`<${LevelChip} value=${row.level} />` },
  { name: "affected", label: text.columns.affected, cell: (row) => html`<${Counts} counts=${row.images} words=${text.level} />` },
  { name: "first", label: text.columns.firstScan, cell: (row) => html`<time datetime=${row.first_scan} title=${momentOf(row.first_scan)}>${agoOf(row.first_scan)}</time>` },
  { name: "last", label: text.columns.lastScan, cell: (row) => html`<time datetime=${row.last_scan} title=${momentOf(row.last_scan)}>${agoOf(row.last_scan)}</time>` },
  { name: "status", label: text.columns.status, cell: (row) => html`<${Chip} value=${row.status} words=${text.processing} note=${text.processingNotes[row.status]} />` },
];

export function Samples() {
  const filters = useFilters(sampleFields);
  const list = useList("/samples", filters.asked, { first: filters.rows });
  const what = text.titles.samples;
  return html`<${PageHead} title=${html`${what} <${Total} list=${list} />`} lead=${text.leads.samples} />
    <${FilterBar} fields=${sampleFields} filters=${filters} />
    <${List} list=${list} what=${what} words=${text.empty.samples} filtered=${filters.chosen.length > 0} clear=${clearFilters} kept>
      ${(rows) => html`<${Table} label=${what} columns=${columns} rows=${rows} rowKey=${(row) => row.sha256} kind="rows" />`}
    <//>`;
}
