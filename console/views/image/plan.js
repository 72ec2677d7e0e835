// The fix plan of one image: the steps in their order, what each removes, and what is left and why.
import { imagePath } from "../../api.js";
import { PriorityChip } from "../../components/chips.js";
import { Command } from "../../components/copy_button.js";
import { Hostile, Section } from "../../components/page.js";
import { Empty, Shown } from "../../components/states.js";
import { Table } from "../../components/table.js";
import { textOf, wordOf } from "../../format.js";
import { html } from "../../html.js";
import { useResource } from "../../state/resource.js";
import { text } from "../../text.js";
import { imageHref } from "../images.js";
import { vulnerabilityHref } from "../vulnerabilities.js";

const words = text.plan;

const packageColumns = [
  { name: "package", label: text.columns.package, cell: (row) => html`<b><${Hostile} value=${row.name} /></b>` },
  { name: "version", label: text.columns.installed, cell: (row) => html`<${Hostile} kind="mono" value=${row.version} />` },
  { name: "target", label: words.target, cell: (row) => html`<${Hostile} kind="mono" value=${textOf(row.target)} />` },
  { name: "place", label: text.detail.where, cell: (row) => html`<${Hostile} value=${textOf(row.place)} />` },
];

const leftColumns = [
  { name: "id", label: text.columns.vulnerability, cell: (row) => html`<a class="name" href=${vulnerabilityHref(row.id)}><${Hostile} value=${row.id} /></a>` },
  { name: "priority", label: text.columns.priority, cell: (row) => html`<${PriorityChip} value=${row.priority} />` },
  { name: "package", label: text.columns.package, cell: (row) => html`<${Hostile} value=${`${row.package} ${row.version}`} />` },
  { name: "why", label: words.why, cell: (row) => html`<${Hostile} value=${textOf(row.why)} />` },
];

function Removes({ found }) {
  return html`<ul class="tags">${(found ?? []).map((one) => html`<li key=${one.id} class="tag"><a href=${vulnerabilityHref(one.id)}><${Hostile} value=${one.id} /></a> ${wordOf(text.priority, one.priority)}</li>`)}</ul>`;
}

function Step({ step, number }) {
  const label = words.step(number);
  return html`<${Section} title=${label} lead=${wordOf(text.origin, step.owner)}>
    ${step.command ? html`<${Command} value=${step.command} label=${words.copy(number)} />` : html`<p><b>${text.detail.noCommand}.</b></p>`}
    ${step.instead && html`<p><${Hostile} value=${step.instead} /></p>`}
    <p><b>${text.detail.caution}:</b> <${Hostile} value=${step.caution || text.detail.noCaution} /></p>
    <h3>${words.removes((step.removes ?? []).length)}</h3><${Removes} found=${step.removes} />
    ${step.packages?.length > 0 && html`<h3>${words.packages}</h3><${Table} label=${`${label}: ${words.packages}`} columns=${packageColumns} rows=${step.packages} kind="rows small" />`}
  <//>`;
}

function NewerBases({ bases }) {
  if (!bases?.length) return null;
  return html`<${Section} title=${words.newer}><ul class="plain">${bases.map((base) => html`<li key=${base.image}><a href=${imageHref(base.image)}><${Hostile} value=${base.tags?.join(", ") || base.image} /></a>
    <span class="aliases">${words.newerEffect(base.removes?.length ?? 0, base.keeps?.length ?? 0)}</span></li>`)}</ul><//>`;
}

function Drawn({ plan }) {
  const { steps = [], left = [], base } = plan;
  return html`<p>${words.sum(plan.removed, plan.findings)} ${base?.because && html`<span class="quiet"><${Hostile} value=${base.because} /></span>`}</p>
    <${NewerBases} bases=${plan.newer_bases} />
    ${steps.length ? steps.map((step, index) => html`<${Step} key=${index} step=${step} number=${index + 1} />`) : html`<${Empty} words=${text.empty.plan} />`}
    ${left.length > 0 && html`<${Section} title=${words.left(left.length)}><${Table} label=${words.left(left.length)} columns=${leftColumns} rows=${left} kind="rows small" /><//>`}`;
}

export function Plan({ image }) {
  const resource = useResource(`${imagePath(image.id)}/fix-plan`);
  if (resource.state === "failed" && resource.problem.kind === "missing") return html`<${Empty} words=${text.empty.inventory} />`;
  return html`<p class="quiet">${text.image.planLead}</p>
    <${Shown} resource=${resource} what=${text.image.tabs.plan}>${(plan) => html`<${Drawn} plan=${plan} />`}<//>`;
}
