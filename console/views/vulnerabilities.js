// The lists "Image System Vul" and "Image Application Vul".
import { Counts, PriorityChip } from "../components/chips.js";
import { clearFilters, FilterBar, useFilters } from "../components/filters.js";
import { Icon } from "../components/icons.js";
import { List, Total } from "../components/list.js";
import { Hostile, PageHead } from "../components/page.js";
import { Table } from "../components/table.js";
import { agoOf, momentOf, percentOf, wordOf } from "../format.js";
import { html } from "../html.js";
import { useList } from "../state/list.js";
import { text } from "../text.js";
import { vulnerabilityFields } from "./filter_fields.js";

export const vulnerabilityHref = (id) => `/vulnerability/${encodeURIComponent(id)}`;

/** What a row is: its severity and who says so, CVSS, EPSS, whether it is exploited, whether it can be mended. */
export function Characteristics({ row }) {
  return html`<ul class="tags">
    ${row.known_exploited && html`<li class="tag hot" title=${text.list.knownNote}><${Icon} name="flame" />${text.list.known}</li>`}
    <li class="tag">${text.list.rated(wordOf(text.severity, row.severity), row.severity_source)}</li>
    ${typeof row.cvss === "number" && html`<li class="tag">${text.list.cvss(row.cvss.toFixed(1))}</li>`}
    ${typeof row.epss === "number" && html`<li class="tag" title=${text.list.epssNote}>${text.list.epss(percentOf(row.epss))}</li>`}
    <li class=${`tag ${row.fix_available ? "mendable" : ""}`}>${row.fix_available ? text.list.fix : text.list.noFix}</li>
  </ul>`;
}

/** The name of a vulnerability with title and aliases, as a link to its page. */
export function Name({ row }) {
  return html`<a class="name" href=${vulnerabilityHref(row.id)}><${Hostile} value=${row.id} /></a>
    <span class="title"><${Hostile} value=${row.title || text.unknown.text} /></span>
    ${row.aliases?.length > 0 && html`<span class="aliases"><${Hostile} value=${row.aliases.slice(0, 3).join(" · ")} />${row.aliases.length > 3 && ` +${row.aliases.length - 3}`}</span>`}`;
}

const columns = [
  { name: "name", label: text.columns.vulnerability, cell: (row) => html`<${Name} row=${row} />` },
  { name: "priority", label: text.columns.priority, cell: (row) => html`<${PriorityChip} value=${row.priority} />` },
  { name: "affected", label: text.columns.affected, cell: (row) => html`<${Counts} counts=${row.images} />` },
  { name: "characteristics", label: text.columns.characteristics, cell: (row) => html`<${Characteristics} row=${row} />` },
  { name: "last", label: text.columns.lastScan, cell: (row) => html`<time datetime=${row.last_scan} title=${momentOf(row.last_scan)}>${agoOf(row.last_scan)}</time>` },
];

export function Vulnerabilities({ category }) {
  const filters = useFilters(vulnerabilityFields, { category });
  const list = useList("/vulnerabilities", filters.asked, { first: filters.rows });
  const what = text.titles[category];
  return html`<${PageHead} title=${html`${what} <${Total} list=${list} />`} lead=${text.leads[category]} />
    <${FilterBar} fields=${vulnerabilityFields} filters=${filters} />
    <${List} list=${list} what=${what} words=${text.empty.vulnerabilities} filtered=${filters.chosen.length > 0} clear=${clearFilters} kept>
      ${(rows) => html`<${Table} label=${what} columns=${columns} rows=${rows} rowKey=${(row) => row.id} kind="rows" />`}
    <//>`;
}
