// Filters that live in the address: a field for each, and a token that takes each away again.
import { html, useEffect, useId, useRef, useState } from "../html.js";
import { changeQuery, hrefOf, navigate, useAddress } from "../router.js";
import { text } from "../text.js";
import { Icon } from "./icons.js";

const TYPING = 350;

/** The filters of the address as the API takes them; `fixed` are those of the view itself. */
export function useFilters(fields, fixed = {}) {
  const { query } = useAddress();
  const values = {};
  for (const field of fields) {
    const value = query.get(field.name);
    if (value) values[field.name] = value;
  }
  const chosen = fields.filter((field) => values[field.name] && !field.order);
  return { values, asked: { ...values, ...fixed }, chosen, rows: Math.min(500, Number(query.get("rows")) || 50) };
}

const clearAll = () => navigate(location.pathname);
export { clearAll as clearFilters };

/** `fields` are `{name, label, kind: "search" | "text" | "choice", words, hint, more, order}`; those with `more` fold. */
export function FilterBar({ fields, filters }) {
  const folded = fields.filter((field) => field.more);
  const open = folded.some((field) => filters.values[field.name] && !field.order);
  return html`<search class="filters" aria-label=${text.filters.label}>
    <div class="filter-row">${fields.filter((field) => !field.more).map((field) => html`<${Field} key=${field.name} field=${field} value=${filters.values[field.name] ?? ""} />`)}</div>
    ${folded.length > 0 && html`<details open=${open}>
      <summary>${text.actions.filters}</summary>
      <div class="filter-row">${folded.map((field) => html`<${Field} key=${field.name} field=${field} value=${filters.values[field.name] ?? ""} />`)}</div>
    </details>`}
    <${Tokens} filters=${filters} />
  </search>`;
}

function Tokens({ filters }) {
  if (!filters.chosen.length) return null;
  return html`<ul class="tokens" aria-label=${text.filters.label}>
    ${filters.chosen.map((field) => {
      const said = text.filters.on(field.label, field.words?.[filters.values[field.name]] ?? filters.values[field.name]);
      return html`<li key=${field.name}><button type="button" class="token" aria-label=${text.filters.remove(said)} onClick=${() => changeQuery({ [field.name]: "", rows: "" })}>
        ${said} <${Icon} name="cross" /></button></li>`;
    })}
    <li><a href=${hrefOf(location.pathname)}>${text.actions.clear}</a></li>
  </ul>`;
}

function Field({ field, value }) {
  const id = useId();
  const set = (next, options) => changeQuery({ [field.name]: next, rows: "" }, options);
  return html`<div class=${`field ${field.kind}`}>
    <label for=${id}>${field.label}</label>
    ${field.kind === "choice"
      ? html`<select id=${id} value=${value} onChange=${(event) => set(event.target.value)}>
          ${!field.order && html`<option value="">${text.filters.any}</option>`}
          ${Object.entries(field.words).map(([name, word]) => html`<option key=${name} value=${name}>${word}</option>`)}
        </select>`
      : html`<${TextField} id=${id} field=${field} value=${value} set=${set} />`}
  </div>`;
}

/** Typing is one step of the history: the first letter makes it, the others replace it. */
function TextField({ id, field, value, set }) {
  const [typed, type] = useState(value);
  const timer = useRef(0);
  const written = useRef(value);
  const typing = useRef(false);
  useEffect(() => {
    if (value !== written.current) type(value);
    written.current = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const write = (next) => {
    clearTimeout(timer.current);
    if (next.trim() === written.current) return;
    written.current = next.trim();
    set(next.trim(), { replace: typing.current });
    typing.current = true;
  };
  const change = (event) => {
    const next = event.target.value;
    type(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => write(next), TYPING);
  };
  const end = (event) => {
    write(event.target.value);
    typing.current = false;
  };
  return html`<input id=${id} type=${field.kind === "search" ? "search" : "text"} value=${typed} placeholder=${field.hint ?? ""} ...${field.pattern ? { pattern: field.pattern } : {}}
    maxlength="256" autocomplete="off" autocapitalize="off" spellcheck=${false} dir="auto" onInput=${change} onBlur=${end}
    onKeyDown=${(event) => event.key === "Enter" && write(event.target.value)} />`;
}
