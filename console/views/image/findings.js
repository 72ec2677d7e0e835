// The vulnerabilities of one image, each with its packages and why.
import { imagePath } from "../../api.js";
import { PriorityChip, StateChip } from "../../components/chips.js";
import { FilterBar, useFilters } from "../../components/filters.js";
import { List } from "../../components/list.js";
import { Hostile } from "../../components/page.js";
import { Table } from "../../components/table.js";
import { agoOf, momentOf, textOf, wordOf } from "../../format.js";
import { html, useState } from "../../html.js";
import { changeQuery } from "../../router.js";
import { openDialog } from "../../state/dialogs.js";
import { useList } from "../../state/list.js";
import { text } from "../../text.js";
import { fixedIn, LayerName } from "../affected_image.js";
import { Explanation } from "../explanation.js";
import { findingFields } from "../filter_fields.js";
import { vulnerabilityHref } from "../vulnerabilities.js";

function Packages({ packages }) {
  return html`<ul class="plain">${(packages ?? []).map((one) => html`<li key=${`${one.purl} ${one.path}`}><b><${Hostile} value=${one.name} /></b> <${Hostile} kind="mono" value=${one.version} />
    <span class="aliases"><${Hostile} kind="mono" value=${textOf(one.path)} /></span></li>`)}</ul>`;
}

function columnsOf(image, explain, reload) {
  const suppress = (row) => openDialog("suppress", { about: { vulnerability: row.id, repository: image.repository, digest: image.digest }, done: reload });
  return [
    { name: "id", label: text.columns.vulnerability, cell: (row) => html`<a class="name" href=${vulnerabilityHref(row.id)}><${Hostile} value=${row.id} /></a><span class="aliases">${wordOf(text.category, row.category)} · ${wordOf(text.severity, row.severity)}</span>` },
    { name: "priority", label: text.columns.priority, cell: (row) => html`<${PriorityChip} value=${row.priority} />` },
    { name: "software", label: text.columns.software, cell: (row) => html`<${Packages} packages=${row.packages} />` },
    { name: "fixed", label: text.columns.fixed, cell: (row) => html`<ul class="plain">${[...new Set((row.packages ?? []).map(fixedIn))].map((fixed) => html`<li key=${fixed}><${Hostile} kind="mono" value=${fixed} /></li>`)}</ul>` },
    { name: "layer", label: text.columns.layer, cell: (row) => html`<${LayerName} layer=${row.packages?.[0]?.layer} />${row.origin && html`<span class="aliases">${text.detail.origin}: ${wordOf(text.originShort, row.origin)}</span>`}` },
    { name: "state", label: text.columns.state, cell: (row) => html`<${StateChip} value=${row.state} /><span class="aliases" title=${momentOf(row.first_seen)}>${text.detail.firstSeen} ${agoOf(row.first_seen)}</span>` },
    { name: "actions", label: text.columns.actions, cell: (row) => html`<button type="button" class="small" aria-label=${text.detail.explainOne(row.id)} onClick=${() => explain(row.id)}>${text.actions.explain}</button>
      ${row.state === "open" && html`<button type="button" class="small" aria-label=${text.suppressions.one(row.id)} onClick=${() => suppress(row)}>${text.image.suppress}</button>`}` },
  ];
}

export function Findings({ image }) {
  const [asked, ask] = useState("");
  const filters = useFilters(findingFields);
  const query = { kind: "vulnerability", ...filters.asked };
  if (!query.state) query.state = "open";
  const list = useList(`${imagePath(image.id)}/findings`, query, { first: filters.rows });
  const what = text.image.tabs.findings;
  const clear = () => changeQuery(Object.fromEntries(findingFields.map((field) => [field.name, ""])));
  return html`<${FilterBar} fields=${findingFields} filters=${filters} />
    <${List} list=${list} what=${what} words=${text.empty.findings} filtered=${filters.chosen.length > 0} clear=${clear}>
      ${(rows) => html`<${Table} label=${what} columns=${columnsOf(image, ask, list.reload)} rows=${rows} rowKey=${(row) => row.id} kind="rows small" />`}
    <//>
    ${asked && html`<${Explanation} image=${image.id} about=${asked} close=${() => ask("")} />`}`;
}
