// One image beside another of its repository: which open vulnerabilities came, went and stayed.
import { PriorityChip } from "../../components/chips.js";
import { Hostile, Section } from "../../components/page.js";
import { Empty, Failed, Loading, Notice, Shown } from "../../components/states.js";
import { Table } from "../../components/table.js";
import { imageName, shortOf } from "../../format.js";
import { html, useEffect, useId, useState } from "../../html.js";
import { changeQuery, useAddress } from "../../router.js";
import { useResource } from "../../state/resource.js";
import { text } from "../../text.js";
import { vulnerabilityHref } from "../vulnerabilities.js";
import { allFindings } from "./all_findings.js";

const words = text.compare;
const OPEN = { kind: "vulnerability", state: "open" };
const columns = [
  { name: "id", label: text.columns.vulnerability, cell: (row) => html`<a class="name" href=${vulnerabilityHref(row.id)}><${Hostile} value=${row.id} /></a>` },
  { name: "priority", label: text.columns.priority, cell: (row) => html`<${PriorityChip} value=${row.priority} />` },
  { name: "software", label: text.columns.software, cell: (row) => html`<${Hostile} value=${[...new Set((row.packages ?? []).map((one) => `${one.name} ${one.version}`))].join(", ") || text.unknown.value} />` },
];

/** What is only here, what is only there, and what is in both. */
function differences(here, there) {
  const known = new Set(there.map((one) => one.id));
  const present = new Set(here.map((one) => one.id));
  return { added: here.filter((one) => !known.has(one.id)), gone: there.filter((one) => !present.has(one.id)), same: here.filter((one) => known.has(one.id)) };
}

function Part({ title, rows, none }) {
  return html`<${Section} title=${title(rows.length)}>${rows.length ? html`<${Table} label=${title(rows.length)} columns=${columns} rows=${rows} rowKey=${(row) => row.id} kind="rows small" />` : html`<p class="quiet">${none}</p>`}<//>`;
}

/** A scan that did not see everything may have missed what the other found. */
const doubtful = (...images) => images.filter((image) => image.status !== "complete");

function Differences({ image, other }) {
  const [now, set] = useState({ state: "loading" });
  const load = (signal) => {
    set({ state: "loading" });
    Promise.all([allFindings(image.id, OPEN, signal), allFindings(other.id, OPEN, signal)]).then(
      ([here, there]) => set({ state: "ready", parts: differences(here, there) }),
      (problem) => problem.name !== "AbortError" && set({ state: "failed", problem }),
    );
  };
  useEffect(() => {
    const control = new AbortController();
    load(control.signal);
    return () => control.abort();
  }, [image.id, other.id]);
  if (now.state === "loading") return html`<${Loading} what=${text.image.tabs.compare.toLowerCase()} />`;
  if (now.state === "failed") return html`<${Failed} what=${text.image.tabs.compare} problem=${now.problem} retry=${() => load()} />`;
  const { added, gone, same } = now.parts;
  return html`${doubtful(image, other).map((one) => html`<${Notice} key=${one.id} kind="doubt" title=${words.doubt(imageName(one))} />`)}
    <${Part} title=${words.added} rows=${added} none=${words.noneAdded} /><${Part} title=${words.gone} rows=${gone} none=${words.noneGone} /><${Part} title=${words.same} rows=${same} none=${words.noneSame} />`;
}

export function Compare({ image }) {
  const { query } = useAddress();
  const id = useId();
  const images = useResource("/images", { instance: image.instance, repository: image.repository, limit: 100 });
  return html`<${Shown} resource=${images} what=${text.image.tabs.compare}>${(page) => {
    const others = page.items.filter((one) => one.id !== image.id);
    const other = others.find((one) => one.digest === query.get("with"));
    if (!others.length) return html`<${Empty} words=${text.empty.others} />`;
    return html`<div class="stack"><label for=${id}>${text.image.compareWith}</label>
      <select id=${id} value=${other?.digest ?? ""} onChange=${(event) => changeQuery({ with: event.target.value })}><option value="">${text.image.compareChoose}</option>
        ${others.map((one) => html`<option key=${one.id} value=${one.digest}>${`${imageName(one)} (${shortOf(one.digest)})`}</option>`)}</select></div>
      ${other ? html`<${Differences} image=${image} other=${other} />` : html`<p class="quiet">${text.image.comparePick}</p>`}`;
  }}<//>`;
}
