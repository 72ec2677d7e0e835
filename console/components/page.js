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

// Characters that turn the direction of writing or hide: a name that uses them is shown with them named, so that it
// cannot look like another. Joiners stay as they are, for emoji and many scripts are made with them.
const TURNING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
const codePoint = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

function named(value) {
  const parts = String(value).split(new RegExp(`(${TURNING.source})`));
  return parts.map((part, index) => (index % 2 ? html`<span class="code-point" key=${index}>${codePoint(part)}</span>` : part));
}

/** A text from an image, an advisory or a person: shown as it is, in its own direction, and broken anywhere. */
export function Hostile({ value, kind = "" }) {
  const shown = typeof value === "string" && TURNING.test(value) ? named(value) : value;
  return html`<bdi class=${`hostile ${kind}`}>${shown}</bdi>`;
}
