// Tabs whose choice is part of the address; arrows, Home and End move between them (WAI-ARIA tabs pattern).
import { html, useRef } from "../html.js";
import { hrefOf, navigate } from "../router.js";

/** `tabs` maps names to labels; `chosen` is one of them; `panel` draws it. */
export function Tabs({ label, tabs, chosen, panel }) {
  const place = useRef(null);
  const names = Object.keys(tabs);
  const go = (name) => navigate(hrefOf(location.pathname, { tab: name }), { replace: true });
  const move = (event) => {
    const at = names.indexOf(chosen);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: names.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const name = names[(next + names.length) % names.length];
    go(name);
    place.current.querySelector(`#tab-${name}`).focus();
  };
  return html`<div class="tabs">
    <div role="tablist" aria-label=${label} ref=${place} onKeyDown=${move}>
      ${names.map((name) => html`<button key=${name} type="button" role="tab" id=${`tab-${name}`} aria-selected=${String(name === chosen)}
        aria-controls="tab-panel" tabindex=${name === chosen ? 0 : -1} onClick=${() => go(name)}>${tabs[name]}</button>`)}
    </div>
    <div role="tabpanel" id="tab-panel" aria-labelledby=${`tab-${chosen}`} tabindex="0">${panel}</div>
  </div>`;
}
