// The form of the settings: what can be chosen, and how it becomes the body that the API takes.
import { momentOf } from "../format.js";
import { html, useId } from "../html.js";
import { text } from "../text.js";

const words = text.settings;
const LISTS = ["include", "exclude", "instances", "include_tags", "exclude_tags", "platforms"];
const ALL = ["include", "include_tags"]; // the API names "all" itself
const NUMBERS = ["newest_tags", "age_days", "daily_budget"];
// What the form does not show is sent back as it was read: a setting that is left out would be set to its default.
const WRITTEN = ["cycle", "window", "time_zone", ...LISTS, ...NUMBERS, "registries"];

const lines = (value) => value.split("\n").map((line) => line.trim()).filter(Boolean);

/** The form's own values: lists become lines, numbers text. */
export function formOf(settings) {
  const form = { ...settings };
  for (const name of LISTS) form[name] = (settings[name] ?? []).join("\n");
  for (const name of NUMBERS) form[name] = settings[name] ? String(settings[name]) : "";
  return form;
}

/** What is sent: the fields that this API knows. */
export function bodyOf(form, read) {
  const body = {};
  for (const name of WRITTEN) {
    if (read[name] === undefined) continue;
    if (LISTS.includes(name)) body[name] = lines(form[name]).length || !ALL.includes(name) ? lines(form[name]) : ["*"];
    else if (NUMBERS.includes(name)) body[name] = form[name] === "" ? (name === "daily_budget" ? null : 0) : Number(form[name]);
    else body[name] = form[name];
  }
  return body;
}

function Choices({ legend, name, options, value, choose }) {
  return html`<fieldset class="choices row"><legend>${legend}</legend>
    ${Object.entries(options).map(([key, word]) => html`<label class="option" key=${key}><input type="radio" name=${name} value=${key} checked=${value === key} onChange=${() => choose(key)} /><span>${word}</span></label>`)}
  </fieldset>`;
}

function Labelled({ label, hint, children }) {
  const id = useId();
  return html`<div class="stack"><label for=${id}>${label}</label>${children(id, `${id}-hint`)}<p class="hint" id=${`${id}-hint`}>${hint}</p></div>`;
}

function Lines({ name, value, write }) {
  return html`<${Labelled} label=${words[name]} hint=${words.hints[name]}>${(id, hint) => html`<textarea id=${id} rows="2" spellcheck=${false} aria-describedby=${hint}
    value=${value} onInput=${(event) => write(event.target.value)}></textarea>`}<//>`;
}

function Number_({ name, value, write }) {
  return html`<${Labelled} label=${words[name]} hint=${words.hints[name]}>${(id, hint) => html`<input id=${id} type="number" min="0" step=${name === "daily_budget" ? "0.01" : "1"}
    inputmode="decimal" aria-describedby=${hint} value=${value} onInput=${(event) => write(event.target.value)} />`}<//>`;
}

const zones = () => (Intl.supportedValuesOf ? Intl.supportedValuesOf("timeZone") : []);

function Zone({ value, write }) {
  return html`<${Labelled} label=${words.zone} hint=${words.zoneHint}>${(id, hint) => html`<input id=${id} type="text" list=${`${id}-zones`} value=${value} autocomplete="off" spellcheck=${false}
      aria-describedby=${hint} onInput=${(event) => write(event.target.value)} />
    <datalist id=${`${id}-zones`}>${zones().map((zone) => html`<option key=${zone} value=${zone} />`)}</datalist>`}<//>`;
}

/** When the next scan starts; the API tells it for what is saved. */
function NextStart({ form, read }) {
  const same = ["cycle", "window", "time_zone"].every((name) => form[name] === read[name]);
  const next = form.cycle === "stop" ? words.nextStopped : !same ? words.nextUnknown : momentOf(read.next_start, text.unknown.value);
  return html`<p class="estimate" role="status"><b>${words.next}:</b> ${next}${read.last_start && html` <span class="quiet">${words.last} ${momentOf(read.last_start)}</span>`}</p>`;
}

export function SettingsForm({ read, form, change, children }) {
  const set = (name) => (value) => change({ ...form, [name]: value });
  const known = (names) => names.filter((name) => read[name] !== undefined);
  return html`<p class="quiet">${words.lead}</p>
    ${read.version === 0 && html`<p class="quiet">${words.never}</p>`}
    <${Choices} legend=${words.cycle} name="cycle" options=${words.cycles} value=${form.cycle} choose=${set("cycle")} />
    <${Choices} legend=${words.window} name="window" options=${words.windows} value=${form.window} choose=${set("window")} />
    <${Zone} value=${form.time_zone} write=${set("time_zone")} />
    <${NextStart} form=${form} read=${read} />
    <fieldset><legend>${words.scope}</legend>
      <div class="two">${known(LISTS).map((name) => html`<${Lines} key=${name} name=${name} value=${form[name]} write=${set(name)} />`)}
        ${known(NUMBERS).map((name) => html`<${Number_} key=${name} name=${name} value=${form[name]} write=${set(name)} />`)}</div>
      ${read.registries?.length > 0 && html`<p class="quiet">${words.otherRegistries(read.registries.map((one) => one.instance ?? one.url).join(", "))}</p>`}
    </fieldset>
    ${children}`;
}
