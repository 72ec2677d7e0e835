// The head of a page, its sections and its lists of facts.
import { html, useId } from "../html.js";

export function PageHead({ title, lead, children, above }) {
  return html`<div class="page-head">
    <div>${above}<h1 tabindex="-1">${title}</h1>${lead && html`<p class="lead">${lead}</p>`}</div>
    ${children && html`<div class="page-actions">${children}</div>`}
  </div>`;
}

export function Section({ title, lead, children, kind = "", actions }) {
  const id = useId();
  return html`<section class=${`card ${kind}`} aria-labelledby=${id}>
    <div class="card-head"><h2 id=${id}>${title}</h2>${actions}</div>
    ${lead && html`<p class="quiet">${lead}</p>`}
    ${children}
  </section>`;
}

/** `facts` are pairs of a name and what is shown. */
export function Facts({ facts }) {
  return html`<dl class="facts">${facts.filter(Boolean).map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** A text from an image, an advisory or a person: shown as it is, in its own direction, and broken anywhere. */
export function Hostile({ value, kind = "" }) {
  return html`<bdi class=${`hostile ${kind}`}>${value}</bdi>`;
}
