// The list of images with risk, coverage and last scan.
import { Counts, RiskChip, riskOf, StatusChip } from "../components/chips.js";
import { clearFilters, FilterBar, useFilters } from "../components/filters.js";
import { List, Total } from "../components/list.js";
import { Hostile, PageHead } from "../components/page.js";
import { Table } from "../components/table.js";
import { agoOf, imageName, momentOf, shortOf } from "../format.js";
import { html } from "../html.js";
import { useList } from "../state/list.js";
import { text } from "../text.js";
import { imageFields } from "./filter_fields.js";

export const imageHref = (id, query = "") => `/image/${encodeURIComponent(id)}${query}`;

/** An image as a link: repository and tag, then where it is and its digest. */
export function ImageLink({ image }) {
  return html`<a class="name" href=${imageHref(image.id)}><${Hostile} value=${imageName(image)} /></a>
    <span class="aliases"><${Hostile} value=${`${image.instance} · ${shortOf(image.digest)}`} />${image.tags?.length > 1 && html` · <${Hostile} value=${image.tags.slice(1, 4).join(", ")} />`}</span>`;
}

const unseen = (image) => !image.last_scan && !image.status;

const columns = [
  { name: "image", label: text.columns.image, cell: (row) => html`<${ImageLink} image=${row} />` },
  { name: "risk", label: text.columns.risk, cell: (row) => html`<${RiskChip} value=${riskOf(row)} />` },
  { name: "findings", label: text.columns.findings, cell: (row) => (unseen(row) ? html`<span class="quiet">${text.unknown.value}</span>` : html`<${Counts} counts=${row.vulnerabilities} />`) },
  { name: "samples", label: text.columns.samples, cell: (row) => (unseen(row) ? html`<span class="quiet">${text.unknown.value}</span>` : html`<${Counts} counts=${row.samples} words=${text.level} />`) },
  { name: "coverage", label: text.columns.coverage, cell: (row) => html`<${StatusChip} value=${row.status} />` },
  { name: "last", label: text.columns.lastScan, cell: (row) => html`<time datetime=${row.last_scan} title=${momentOf(row.last_scan)}>${agoOf(row.last_scan)}</time>` },
];

export function Images() {
  const filters = useFilters(imageFields);
  const list = useList("/images", filters.asked, { first: filters.rows });
  const what = text.titles.images;
  return html`<${PageHead} title=${html`${what} <${Total} list=${list} />`} lead=${text.leads.images} />
    <${FilterBar} fields=${imageFields} filters=${filters} />
    <${List} list=${list} what=${what} words=${text.empty.images} filtered=${filters.chosen.length > 0} clear=${clearFilters} kept>
      ${(rows) => html`<${Table} label=${what} columns=${columns} rows=${rows} rowKey=${(row) => row.id} kind="rows dense" />`}
    <//>`;
}
