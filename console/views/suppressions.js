// Suppressions: what is hidden, why, by whom and until when; each can be ended here.
import { ask } from "../api.js";
import { Chip } from "../components/chips.js";
import { clearFilters, FilterBar, useFilters } from "../components/filters.js";
import { List, Total } from "../components/list.js";
import { Hostile, PageHead } from "../components/page.js";
import { Notice, problemText } from "../components/states.js";
import { Table } from "../components/table.js";
import { dayOf, momentOf, percentOf, shortOf, textOf, wordOf } from "../format.js";
import { html, useState } from "../html.js";
import { openDialog } from "../state/dialogs.js";
import { forgetLists, useList } from "../state/list.js";
import { tell } from "../state/notices.js";
import { text } from "../text.js";
import { suppressionFields } from "./filter_fields.js";
import { vulnerabilityHref } from "./vulnerabilities.js";

const words = text.suppressions;

/** Everything that has to fit, as one text. */
function covers(row) {
  const parts = ["package", "version", "path", "repository"].filter((name) => row[name]).map((name) => `${words.covers[name]} ${row[name]}`);
  for (const name of ["digest", "layer"]) if (row[name]) parts.push(`${words.covers[name]} ${shortOf(row[name])}`);
  return parts.join(" · ") || words.everywhere;
}

function ends(row) {
  const parts = [row.expires && dayOf(row.expires), row.until_fixed && words.untilFixed, row.until_exploited && words.untilExploited];
  if (typeof row.until_epss === "number") parts.push(words.untilEpss(percentOf(row.until_epss)));
  return parts.filter(Boolean).join("; ") || words.noEnd;
}

function columnsOf(end) {
  return [
    {
      name: "what", label: text.columns.what2,
      cell: (row) => html`${row.vulnerability ? html`<a class="name" href=${vulnerabilityHref(row.vulnerability)}><${Hostile} value=${row.vulnerability} /></a>` : html`<span class="name">${words.anyVulnerability}</span>`}
        <span class="aliases"><${Hostile} value=${covers(row)} /></span>`,
    },
    { name: "state", label: text.columns.state, cell: (row) => html`<${Chip} value=${row.state === "active" ? "complete" : row.state} words=${{ ...words.states, complete: words.states.active }} />` },
    { name: "images", label: words.hides, cell: (row) => (row.images === 0 ? html`<span class="doubt-words">${words.matchesNothing}</span>` : text.many(row.images ?? 0, "image")) },
    { name: "reason", label: text.columns.reason, cell: (row) => html`<${Hostile} value=${textOf(row.reason)} /><span class="aliases">${wordOf(words.justifications, row.justification)}</span>` },
    { name: "owner", label: text.columns.owner, cell: (row) => html`<${Hostile} value=${textOf(row.owner)} /><span class="aliases">${momentOf(row.added_at)}</span>` },
    { name: "until", label: text.columns.until, cell: ends },
    { name: "actions", label: text.columns.actions, cell: (row) => (row.state === "active" ? html`<button type="button" class="small" aria-label=${words.endOf(row.vulnerability || row.id)} onClick=${() => end(row)}>${words.end}</button>` : text.unknown.none) },
  ];
}

export function Suppressions() {
  const [problem, fail] = useState(null);
  const filters = useFilters(suppressionFields);
  const list = useList("/suppressions", filters.asked, { first: filters.rows });
  const what = text.titles.suppressions;
  const end = async (row) => {
    try {
      await ask(`/suppressions/${encodeURIComponent(row.id)}`, { method: "DELETE" });
      forgetLists();
      tell(words.removed);
      fail(null);
      list.reload();
    } catch (error) {
      fail(error);
    }
  };
  return html`<${PageHead} title=${html`${what} <${Total} list=${list} />`} lead=${text.leads.suppressions}>
      <button type="button" onClick=${() => openDialog("suppress", { done: list.reload })}>${words.add}</button><//>
    <${FilterBar} fields=${suppressionFields} filters=${filters} />
    ${problem && html`<${Notice} kind="failed" title=${words.notEnded} live><p>${problemText(problem)}</p><//>`}
    <${List} list=${list} what=${what} words=${text.empty.suppressions} filtered=${filters.chosen.length > 0} clear=${clearFilters} kept>
      ${(rows) => html`<${Table} label=${what} columns=${columnsOf(end)} rows=${rows} rowKey=${(row) => row.id} kind="rows dense" />`}
    <//>`;
}
