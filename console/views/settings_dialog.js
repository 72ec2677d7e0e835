// When images are scanned again and which: cycle, window, time zone and scope, saved under optimistic locking.
import { ask, askTagged } from "../api.js";
import { Dialog } from "../components/dialog.js";
import { Failed, Loading, Notice, problemText } from "../components/states.js";
import { momentOf } from "../format.js";
import { html, useEffect, useId, useState } from "../html.js";
import { tell } from "../state/notices.js";
import { text } from "../text.js";

const words = text.settings;
const LISTS = ["include", "exclude", "registries", "platforms"];
const lines = (value) => value.split("\n").map((line) => line.trim()).filter(Boolean);

/** The form's own values: lists become lines. */
function formOf(settings) {
  const form = { ...settings };
  for (const name of LISTS) if (Array.isArray(settings[name])) form[name] = settings[name].join("\n");
  return form;
}

/** What is sent: the fields that can be changed, and of those only the ones that this API knows. */
function bodyOf(form, read) {
  const body = {};
  for (const name of ["cycle", "window", "time_zone", ...LISTS, "tags_kept"]) {
    if (read[name] === undefined) continue;
    body[name] = LISTS.includes(name) ? lines(form[name]) : form[name];
  }
  return body;
}

function Choices({ legend, name, options, value, choose }) {
  return html`<fieldset class="choices row"><legend>${legend}</legend>
    ${Object.entries(options).map(([key, word]) => html`<label class="option" key=${key}><input type="radio" name=${name} value=${key} checked=${value === key} onChange=${() => choose(key)} /><span>${word}</span></label>`)}
  </fieldset>`;
}

function Lines({ label, hint, value, write }) {
  const id = useId();
  return html`<div class="stack"><label for=${id}>${label}</label>
    <textarea id=${id} rows="3" spellcheck=${false} aria-describedby=${`${id}-hint`} value=${value} onInput=${(event) => write(event.target.value)}></textarea>
    <p class="hint" id=${`${id}-hint`}>${hint}</p></div>`;
}

const zones = () => (Intl.supportedValuesOf ? Intl.supportedValuesOf("timeZone") : []);

function Zone({ value, write }) {
  const id = useId();
  return html`<div class="stack"><label for=${id}>${words.zone}</label>
    <input id=${id} type="text" list=${`${id}-zones`} value=${value} autocomplete="off" spellcheck=${false} aria-describedby=${`${id}-hint`} onInput=${(event) => write(event.target.value)} />
    <datalist id=${`${id}-zones`}>${zones().map((zone) => html`<option key=${zone} value=${zone} />`)}</datalist>
    <p class="hint" id=${`${id}-hint`}>${words.zoneHint}</p></div>`;
}

/** When the next scan starts; the API tells it for what is saved. */
function NextStart({ form, read }) {
  const same = ["cycle", "window", "time_zone"].every((name) => form[name] === read[name]);
  const next = form.cycle === "stop" ? words.nextStopped : !same ? words.nextUnknown : momentOf(read.next_start, text.unknown.value);
  return html`<p class="estimate" role="status"><b>${words.next}:</b> ${next}${read.last_start && html` <span class="quiet">${words.last} ${momentOf(read.last_start)}</span>`}</p>`;
}

function Form({ read, form, change, children }) {
  const set = (name) => (value) => change({ ...form, [name]: value });
  return html`<p class="quiet">${words.lead}</p>
    ${read.version === 0 && html`<p class="quiet">${words.never}</p>`}
    <${Choices} legend=${words.cycle} name="cycle" options=${words.cycles} value=${form.cycle} choose=${set("cycle")} />
    <${Choices} legend=${words.window} name="window" options=${words.windows} value=${form.window} choose=${set("window")} />
    <${Zone} value=${form.time_zone} write=${set("time_zone")} />
    <${NextStart} form=${form} read=${read} />
    <fieldset><legend>${words.scope}</legend>
      <div class="two"><${Lines} label=${words.include} hint=${words.globHint} value=${form.include} write=${set("include")} />
      <${Lines} label=${words.exclude} hint=${words.excludeHint} value=${form.exclude} write=${set("exclude")} />
      ${LISTS.slice(2).map((name) => read[name] !== undefined && html`<${Lines} key=${name} label=${words[name]} hint=${words.lines} value=${form[name]} write=${set(name)} />`)}</div>
    </fieldset>
    ${children}`;
}

function Conflict({ takeTheirs }) {
  return html`<${Notice} kind="doubt" title=${words.conflictTitle} live><p>${words.conflictBody}</p>
    <p class="line"><button type="button" onClick=${takeTheirs}>${words.takeTheirs}</button><button class="primary">${words.replaceTheirs}</button></p><//>`;
}

export function SettingsDialog({ close }) {
  const [state, set] = useState({ step: "loading" });
  const load = async (kept) => {
    try {
      const { body, tag } = await askTagged("/settings");
      set({ step: kept ? "conflict" : "ready", read: body, tag, form: kept ?? formOf(body) });
    } catch (problem) {
      set({ step: "failed", problem });
    }
  };
  useEffect(() => {
    load();
  }, []);
  const save = async (event) => {
    event.preventDefault();
    set({ ...state, step: "saving", problem: null });
    try {
      await ask("/settings", { method: "PUT", headers: state.tag ? { "if-match": state.tag } : {}, body: bodyOf(state.form, state.read) });
      tell(words.saved);
      close();
    } catch (problem) {
      if (problem.kind === "conflict") await load(state.form);
      else set({ ...state, step: "ready", problem });
    }
  };
  return html`<${Dialog} title=${words.title} close=${close} wide>
    ${state.step === "loading" && html`<${Loading} what=${words.title.toLowerCase()} />`}
    ${state.step === "failed" && html`<${Failed} what=${words.title} problem=${state.problem} retry=${() => load()} />`}
    ${state.form && html`<form onSubmit=${save} novalidate><${Form} read=${state.read} form=${state.form} change=${(form) => set({ ...state, form })}>
      ${state.step === "conflict" && html`<${Conflict} takeTheirs=${() => set({ ...state, step: "ready", form: formOf(state.read) })} />`}
      ${state.problem && html`<${Notice} kind="failed" title=${words.failed} live><p>${problemText(state.problem)}</p><//>`}
      <div class="dialog-actions"><button type="button" onClick=${close}>${text.actions.cancel}</button>
        <button class="primary" disabled=${state.step === "saving"}>${state.step === "saving" ? words.saving : words.save}</button></div>
    <//></form>`}
  <//>`;
}
