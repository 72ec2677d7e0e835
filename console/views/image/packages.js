// The packages of one image with the layer that brought each, and whether a later one took it away.
import { imagePath } from "../../api.js";
import { Hostile } from "../../components/page.js";
import { Empty, Shown } from "../../components/states.js";
import { Table } from "../../components/table.js";
import { textOf } from "../../format.js";
import { html, useId, useState } from "../../html.js";
import { useResource } from "../../state/resource.js";
import { text } from "../../text.js";
import { LayerName } from "../affected_image.js";

const AT_ONCE = 200;

const keyOf = (one) => `${one.type} ${one.name} ${one.version} ${one.path}`;

/** Every package that any layer brought, with the layer and whether it is still there; null where nothing was read. */
export function packagesOf(layers) {
  if (!layers.length || layers.some((layer) => !layer.packages_added)) return null;
  const removed = new Map();
  for (const layer of layers) for (const one of layer.packages_removed) removed.set(keyOf(one), layer);
  const rows = layers.flatMap((layer) => layer.packages_added.map((one) => ({ ...one, layer, removed: removed.get(keyOf(one)) })));
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

export function Packages({ image }) {
  const resource = useResource(`${imagePath(image.id)}/layers`);
  return html`<${Shown} resource=${resource} what=${text.image.tabs.packages}>${(value) => {
    const rows = packagesOf(value.items ?? []);
    if (rows === null) return html`<${Empty} words=${text.empty.inventory} />`;
    return rows.length ? html`<${List} rows=${rows} />` : html`<${Empty} words=${text.empty.packages} />`;
  }}<//>`;
}
