// How the findings went, day by day: a plot, and the same as a table.
import { Plot } from "../components/plot.js";
import { Section } from "../components/page.js";
import { Empty, Shown } from "../components/states.js";
import { Table } from "../components/table.js";
import { dayOf, numberOf } from "../format.js";
import { html, useMemo } from "../html.js";
import { useResource } from "../state/resource.js";
import { text } from "../text.js";

const DAYS = 90;
const names = ["high", "medium", "low"];
const colours = { high: "--high", medium: "--medium", low: "--low" };

const number = (day, name) => (day.vulnerabilities?.system?.[name] ?? 0) + (day.vulnerabilities?.application?.[name] ?? 0);

const columns = [
  { name: "day", label: text.columns.day, cell: (row) => dayOf(row.day) },
  ...names.map((name) => ({ name, label: text.priority[name], number: true, cell: (row) => numberOf(number(row, name)) })),
  { name: "samples", label: text.columns.samples, number: true, cell: (row) => numberOf(Object.values(row.samples ?? {}).reduce((sum, one) => sum + one, 0)) },
  { name: "images", label: text.columns.images, number: true, cell: (row) => numberOf(row.images?.total) },
];

function Drawn({ days }) {
  const { times, series } = useMemo(() => ({
    times: days.map((day) => Date.parse(`${day.day}T00:00:00Z`) / 1000),
    series: names.map((name) => ({ label: text.priority[name], colour: colours[name], values: days.map((day) => number(day, name)) })),
  }), [days]);
  const table = html`<${Table} label=${text.overview.trend} columns=${columns} rows=${[...days].reverse()} rowKey=${(row) => row.day} kind="rows small" />`;
  if (days.length < 2) return html`<${Empty} words=${text.empty.trend} />${days.length > 0 && table}`;
  return html`<${Plot} label=${text.overview.plot.vulnerabilities} times=${times} series=${series} />
    <details class="behind"><summary>${text.overview.asTable}</summary><div class="scrolled" tabindex="0" role="region" aria-label=${text.overview.trend}>${table}</div></details>`;
}

export function Trend() {
  const resource = useResource("/trend", { days: DAYS });
  return html`<${Section} title=${text.overview.trend} lead=${text.overview.plot.vulnerabilities} kind="broad">
    <${Shown} resource=${resource} what=${text.overview.trend}>${(value) => html`<${Drawn} days=${value.items} />`}<//><//>`;
}
