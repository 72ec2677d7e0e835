// The packages of one image with the layer that brought each, and whether a later one took it away.
import { ask, imagePath } from "../../api.js";
import { Hostile } from "../../components/page.js";
import { Empty, Failed, Loading, Notice } from "../../components/states.js";
import { Table } from "../../components/table.js";
import { textOf } from "../../format.js";
import { html, useEffect, useId, useState } from "../../html.js";
import { text } from "../../text.js";
import { LayerName } from "../affected_image.js";

const AT_ONCE = 200;

const keyOf = (one) => `${one.type} ${one.name} ${one.version} ${one.path}`;

/** Every layer told at length: the list of them cuts what is long, so long ones are asked for alone. */
async function wholeLayers(path, signal) {
  const { items } = await ask(path, { signal });
  const cut = (layer) => ["packages_brought", "packages_removed"].some((name) => layer[name].total > layer[name].items.length);
  return Promise.all(items.map(async (layer) => (cut(layer) ? (await ask(path, { query: { index: layer.index }, signal })).items[0] : layer)));
}

/** Every package that any layer brought, with the layer and whether a later one removed it. */
function packagesOf(layers) {
  const removed = new Map();
  for (const layer of layers) for (const one of layer.packages_removed.items) removed.set(keyOf(one), layer);
  const rows = layers.flatMap((layer) => layer.packages_brought.items.map((one) => ({ ...one, layer, removed: removed.get(keyOf(one)) })));
  return rows.sort((one, other) => one.name.localeCompare(other.name) || one.version.localeCompare(other.version));
}

const columns = [
  { name: "package", label: text.columns.package, cell: (row) => html`<b><${Hostile} value=${row.name} /></b><span class="aliases">${row.type}</span>` },
  { name: "version", label: text.columns.version, cell: (row) => html`<${Hostile} kind="mono" value=${textOf(row.version)} />` },
  { name: "path", label: text.columns.path, cell: (row) => html`<${Hostile} kind="mono" value=${textOf(row.path)} />` },
  { name: "layer", label: text.columns.layer, cell: (row) => html`<${LayerName} layer=${row.layer} />` },
  { name: "state", label: text.columns.state, cell: (row) => (row.removed ? text.packages.removedIn(row.removed.index) : text.packages.present) },
];

function List({ rows }) {
  const [wanted, want] = useState("");
  const [many, show] = useState(AT_ONCE);
  const id = useId();
  const found = wanted ? rows.filter((row) => `${row.name} ${row.version}`.toLowerCase().includes(wanted.trim().toLowerCase())) : rows;
  return html`<div class="field search stack"><label for=${id}>${text.filters.name.packages}</label><input id=${id} type="search" value=${wanted} maxlength="200" autocomplete="off" spellcheck=${false} onInput=${(event) => want(event.target.value)} /></div>
    <p class="quiet" role="status">${text.packages.shown(Math.min(found.length, many), found.length)}</p>
    ${found.length ? html`<${Table} label=${text.image.tabs.packages} columns=${columns} rows=${found.slice(0, many)} rowKey=${(row) => `${keyOf(row)} ${row.layer.index}`} kind="rows small" />` : html`<${Empty} words=${text.states.noMatch} />`}
    ${found.length > many && html`<div class="list-foot"><span></span><button type="button" onClick=${() => show(many + AT_ONCE)}>${text.actions.more}</button></div>`}`;
}

function Cut({ layers }) {
  const cut = layers.filter((layer) => layer.packages_brought.total > layer.packages_brought.items.length);
  return cut.map((layer) => html`<${Notice} key=${layer.index} kind="doubt" title=${text.packages.cut(layer.index, layer.packages_brought.total)} />`);
}

export function Packages({ image }) {
  const [now, set] = useState({ state: "loading" });
  const load = (signal) => wholeLayers(`${imagePath(image.id)}/layers`, signal).then(
    (layers) => set({ state: "ready", layers }),
    (problem) => problem.name !== "AbortError" && set({ state: "failed", problem }),
  );
  useEffect(() => {
    const control = new AbortController();
    load(control.signal);
    return () => control.abort();
  }, [image.id]);
  if (now.state === "loading") return html`<${Loading} what=${text.image.tabs.packages.toLowerCase()} />`;
  if (now.state === "failed" && now.problem.kind === "missing") return html`<${Empty} words=${text.empty.inventory} />`;
  if (now.state === "failed") return html`<${Failed} what=${text.image.tabs.packages} problem=${now.problem} retry=${() => load()} />`;
  const rows = packagesOf(now.layers);
  return rows.length ? html`<${Cut} layers=${now.layers} /><${List} rows=${rows} />` : html`<${Empty} words=${text.empty.packages} />`;
}
