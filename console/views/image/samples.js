// The malicious samples of one image and where they lie in it.
import { imagePath } from "../../api.js";
import { LevelChip, StateChip } from "../../components/chips.js";
import { List } from "../../components/list.js";
import { Hostile } from "../../components/page.js";
import { Table } from "../../components/table.js";
import { agoOf, bytesOf, textOf } from "../../format.js";
import { html } from "../../html.js";
import { useList } from "../../state/list.js";
import { text } from "../../text.js";
import { LayerName } from "../affected_image.js";
import { sampleHref } from "../samples.js";

const columns = [
  { name: "name", label: text.columns.sample, cell: (row) => html`<a class="name" href=${sampleHref(row.sha256)}><${Hostile} value=${row.name || text.sample.unnamed} /></a><span class="aliases mono">${row.sha256?.slice(0, 16)}… · ${bytesOf(row.size)}</span>` },
  { name: "level", label: text.columns.level, cell: (row) => html`<${LevelChip} value=${row.level} />` },
  { name: "files", label: text.columns.path, cell: (row) => html`<ul class="plain">${(row.files ?? []).map((file) => html`<li key=${`${file.path} ${file.layer?.diff_id}`}><${Hostile} kind="mono" value=${textOf(file.path)} />
      <span class="aliases">${file.removed ? text.sample.removed : text.sample.present}</span></li>`)}</ul>` },
  { name: "layer", label: text.columns.layer, cell: (row) => html`<${LayerName} layer=${row.files?.[0]?.layer} />` },
  { name: "rules", label: text.columns.rule, cell: (row) => html`<ul class="plain">${(row.rules ?? []).map((rule) => html`<li key=${rule.rule}><${Hostile} value=${rule.rule} /><span class="aliases"><${Hostile} value=${textOf(rule.description)} /></span></li>`)}</ul>` },
  { name: "state", label: text.columns.state, cell: (row) => html`<${StateChip} value=${row.state} /><span class="aliases">${text.detail.firstSeen} ${agoOf(row.first_seen)}</span>` },
];

export function ImageSamples({ image }) {
  const list = useList(`${imagePath(image.id)}/findings`, { kind: "sample" });
  const what = text.image.tabs.samples;
  return html`<${List} list=${list} what=${what} words=${text.empty.samples}>
    ${(rows) => html`<${Table} label=${what} columns=${columns} rows=${rows} rowKey=${(row) => row.sha256} kind="rows small" />`}
  <//>`;
}
