// The first page: the risk of the estate, where it comes from, and whether what is known is fresh.
import { ShareBar } from "../components/bars.js";
import { Counts, PriorityChip } from "../components/chips.js";
import { Hostile, PageHead, Section } from "../components/page.js";
import { Empty, Notice, Shown } from "../components/states.js";
import { Table } from "../components/table.js";
import { agoOf, durationOf, momentOf, numberOf, scopeName } from "../format.js";
import { html } from "../html.js";
import { hrefOf } from "../router.js";
import { openDialog } from "../state/dialogs.js";
import { useResource } from "../state/resource.js";
import { text } from "../text.js";
import { Progress } from "./scan_progress.js";
import { Trend } from "./trend.js";
import { Name } from "./vulnerabilities.js";

const words = text.overview;
const OLD_DATA = 3 * 86_400;
const OFTEN = 15_000;

const riskParts = (images) =>
  ["high", "medium", "low", "clean", "unknown"].map((name) => ({ name, label: text.risk[name].toLowerCase(), number: images[name] ?? 0, href: hrefOf("/images", { risk: name }) }));

function ImagesByRisk({ images }) {
  return html`<${Section} title=${words.risk} kind="hero">
    <p class="big"><a href="/images">${numberOf(images.total)}</a> <span>${images.total === 1 ? "image" : "images"}</span></p>
    <${ShareBar} label=${words.risk} parts=${riskParts(images)} />
    ${images.unknown > 0 && html`<p class="doubt-words">${words.partialNote(images.unknown)}</p>`}
    <p class="quiet">${numberOf(images.scanned)} ${words.scanned} · <a href=${hrefOf("/images", { status: "unscanned" })}>${numberOf(images.unscanned)} ${words.unscanned}</a> · <a href=${hrefOf("/images", { status: "failed" })}>${numberOf(images.failed)} ${words.failed}</a></p>
  <//>`;
}

const severityColumns = [
  { name: "category", label: text.filters.category, cell: (row) => html`<a href=${row.href}>${row.label}</a>` },
  ...["high", "medium", "low"].map((name) => ({ name, label: text.priority[name], number: true, cell: (row) => html`<a class=${`figure ${name} ${row.counts[name] ? "" : "zero"}`} href=${hrefOf(row.href, { priority: name })} aria-label=${`${row.counts[name]} ${text.priority[name]}, ${row.label}`}>${numberOf(row.counts[name])}</a>` })),
];

function FindingNumbers({ overview }) {
  const rows = [
    { label: text.category.system, href: "/system", counts: overview.vulnerabilities.system },
    { label: text.category.application, href: "/application", counts: overview.vulnerabilities.application },
  ];
  return html`<${Section} title=${words.vulnerabilities}><${Table} label=${words.vulnerabilities} columns=${severityColumns} rows=${rows} rowKey=${(row) => row.label} kind="figures" />
    <h3>${words.samples}</h3><p><a class="plain-link" href="/samples"><${Counts} counts=${overview.samples} words=${text.level} /></a></p><//>`;
}

function Advisories({ advisories }) {
  if (!advisories) return html`<${Section} title=${words.advisories}><${Notice} kind="failed" title=${words.noAdvisories} /><//>`;
  const old = advisories.age_seconds > OLD_DATA;
  return html`<${Section} title=${words.advisories}>
    ${advisories.starter && html`<${Notice} kind="doubt" title=${words.starter} />`}
    ${old && html`<${Notice} kind="doubt" title=${words.oldWarning} />`}
    <p class="big small-big">${advisories.age_seconds === null || advisories.age_seconds === undefined ? words.ageUnknown : words.age(durationOf(advisories.age_seconds))}</p>
    <p class="quiet">${words.built(momentOf(advisories.built, text.unknown.date))}<br /><${Hostile} kind="mono" value=${words.revision(advisories.revision)} /></p><//>`;
}

function Running() {
  const resource = useResource("/scans", { state: "running", limit: 5 }, { every: OFTEN });
  return html`<${Section} title=${words.running} actions=${html`<a href="/scans">${text.sections.scans}</a>`}>
    <${Shown} resource=${resource} what=${words.running}>
      ${(page) => (page.items.length
        ? html`<ul class="plain running">${page.items.map((scan) => html`<li key=${scan.id}><button type="button" class="as-link" onClick=${() => openDialog("scan", { scan })}><${Hostile} value=${scopeName(scan.scope)} /></button><${Progress} scan=${scan} /></li>`)}</ul>`
        : html`<p class="quiet">${words.noneRunning}</p>`)}
    <//><//>`;
}

const topColumns = [
  { name: "name", label: text.columns.vulnerability, cell: (row) => html`<${Name} row=${{ ...row, aliases: [] }} />` },
  { name: "priority", label: text.columns.priority, cell: (row) => html`<${PriorityChip} value=${row.priority} />` },
  { name: "affected", label: text.columns.affected, cell: (row) => html`<${Counts} counts=${row.images} />` },
];

function TopVulnerabilities() {
  const resource = useResource("/vulnerabilities", { limit: 8 });
  return html`<${Section} title=${words.top} lead=${words.topLead} kind="half" actions=${html`<a href="/system">${words.all}</a>`}>
    <${Shown} resource=${resource} what=${words.top}>${(page) => (page.items.length
      ? html`<${Table} label=${words.top} columns=${topColumns} rows=${page.items} rowKey=${(row) => row.id} kind="rows small" />`
      : html`<${Empty} words=${text.empty.vulnerabilities} />`)}<//><//>`;
}

const repositoryColumns = [
  { name: "repository", label: text.columns.repository, cell: (row) => html`<a class="name" href=${hrefOf("/images", { repository: row.repository, instance: row.instance })}><${Hostile} value=${row.repository} /></a><span class="aliases"><${Hostile} value=${row.instance} /></span>` },
  { name: "risk", label: text.columns.images, cell: (row) => html`<${Counts} counts=${row.images} words=${{ high: text.risk.high, medium: text.risk.medium, low: text.risk.low }} />` },
  { name: "last", label: text.columns.lastScan, cell: (row) => agoOf(row.last_scan) },
];

function TopRepositories() {
  const resource = useResource("/repositories", { limit: 8 });
  return html`<${Section} title=${words.repositories} lead=${words.repositoriesLead} kind="half">
    <${Shown} resource=${resource} what=${words.repositories}>${(page) => (page.items.length
      ? html`<${Table} label=${words.repositories} columns=${repositoryColumns} rows=${page.items} rowKey=${(row) => `${row.instance}/${row.repository}`} kind="rows small" />`
      : html`<${Empty} words=${text.empty.images} />`)}<//><//>`;
}

export function Overview() {
  const resource = useResource("/overview", {}, { every: OFTEN });
  return html`<${PageHead} title=${text.titles.overview} lead=${resource.value && (resource.value.last_scan ? words.lastScan(agoOf(resource.value.last_scan)) : words.noScan)} />
    <${Shown} resource=${resource} what=${text.titles.overview}>
      ${(overview) => html`${overview.images.total === 0 && html`<${Notice} title=${words.firstSteps}><p>${words.firstStepsBody}</p><//>`}
        <div class="grid"><${ImagesByRisk} images=${overview.images} /><${FindingNumbers} overview=${overview} /><${Advisories} advisories=${overview.advisories} /><${Running} /></div>`}
    <//>
    <div class="grid"><${Trend} /><${TopVulnerabilities} /><${TopRepositories} /></div>`;
}
