// One bar cut into shares, with its legend of numbers: the words carry what the colours show.
import { numberOf } from "../format.js";
import { html } from "../html.js";

/** `parts` are `{name, label, number, href}` in the order of the bar. */
export function ShareBar({ label, parts }) {
  const whole = parts.reduce((sum, part) => sum + part.number, 0);
  return html`<div class="share"><div class="share-bar" role="img" aria-label=${`${label}: ${parts.map((part) => `${part.number} ${part.label}`).join(", ")}`}>
      ${parts.filter((part) => part.number).map((part) => html`<span key=${part.name} class=${`part ${part.name}`} style=${{ flexGrow: String(part.number / (whole || 1)) }}></span>`)}</div>
    <ul class="share-legend">${parts.map((part) => html`<li key=${part.name} class=${part.number ? "" : "zero"}><span class=${`swatch ${part.name}`} aria-hidden="true"></span>
      ${part.href && part.number ? html`<a href=${part.href}><b>${numberOf(part.number)}</b> ${part.label}</a>` : html`<span><b>${numberOf(part.number)}</b> ${part.label}</span>`}</li>`)}</ul></div>`;
}
