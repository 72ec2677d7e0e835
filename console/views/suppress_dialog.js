// Suppresses a finding: what it covers, why, who answers for it, and what ends it.
import { ask } from "../api.js";
import { Dialog } from "../components/dialog.js";
import { Notice, problemText } from "../components/states.js";
import { html, useId, useState } from "../html.js";
import { forgetLists } from "../state/list.js";
import { tell } from "../state/notices.js";
import { text } from "../text.js";

const words = text.suppressions;

function Field({ label, hint, children }) {
  const id = useId();
  return html`<div class="stack"><label for=${id}>${label}</label>${children(id, hint ? `${id}-hint` : null)}${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}</div>`;
}

function Text({ label, hint, value, write }) {
  return html`<${Field} label=${label} hint=${hint}>${(id, described) => html`<input id=${id} type="text" value=${value} autocomplete="off" spellcheck=${false} aria-describedby=${described} onInput=${(event) => write(event.target.value)} />`}<//>`;
}

function Tick({ label, value, write }) {
  return html`<label class="option"><input type="checkbox" checked=${value} onChange=${(event) => write(event.target.checked)} /><span>${label}</span></label>`;
}

/** What is sent; a day means its end where the reader is. */
function bodyOf(form) {
  const body = {};
  for (const [name, value] of Object.entries(form)) if (value !== "" && value !== false) body[name] = value;
  if (form.expires) body.expires = new Date(`${form.expires}T23:59:59`).toISOString();
  return body;
}

const empty = { vulnerability: "", package: "", repository: "", digest: "", path: "", reason: "", owner: "", justification: "risk_accepted", expires: "", until_fixed: false, until_exploited: true };

/** `about` fills fields of the form; `done` is called once it is saved. */
export function SuppressDialog({ about = {}, done, close }) {
  const [form, change] = useState({ ...empty, ...about });
  const [problem, fail] = useState(null);
  const [busy, wait] = useState(false);
  const set = (name) => (value) => change({ ...form, [name]: value });
  const save = async (event) => {
    event.preventDefault();
    if (!form.reason.trim()) {
      fail({ detail: text.sample.reasonMissing });
      return;
    }
    wait(true);
    try {
      await ask("/suppressions", { method: "POST", body: bodyOf(form) });
      forgetLists();
      tell(words.added);
      done?.();
      close();
    } catch (error) {
      fail(error);
      wait(false);
    }
  };
  return html`<${Dialog} title=${words.title} close=${close} wide><form onSubmit=${save} novalidate>
    <p class="quiet">${words.lead}</p>
    <div class="two">
      ${["vulnerability", "package", "repository", "path", "digest"].map((name) => html`<${Text} key=${name} label=${words.fields[name]} hint=${words.fieldHints[name]} value=${form[name]} write=${set(name)} />`)}
      <${Field} label=${words.justification}>${(id) => html`<select id=${id} value=${form.justification} onChange=${(event) => set("justification")(event.target.value)}>
        ${Object.entries(words.justifications).map(([name, word]) => html`<option key=${name} value=${name}>${word}</option>`)}</select>`}<//>
    </div>
    <${Field} label=${text.columns.reason} hint=${text.sample.reasonHint}>${(id, described) => html`<textarea id=${id} rows="3" maxlength="1000" required aria-describedby=${described} value=${form.reason} onInput=${(event) => set("reason")(event.target.value)}></textarea>`}<//>
    <div class="two"><${Text} label=${text.columns.owner} hint=${words.ownerHint} value=${form.owner} write=${set("owner")} />
      <${Field} label=${text.columns.until} hint=${words.untilHint}>${(id, described) => html`<input id=${id} type="date" value=${form.expires} aria-describedby=${described} onInput=${(event) => set("expires")(event.target.value)} />`}<//></div>
    <fieldset class="choices row"><legend>${words.endsEarly}</legend>
      <${Tick} label=${words.untilFixed} value=${form.until_fixed} write=${set("until_fixed")} /><${Tick} label=${words.untilExploited} value=${form.until_exploited} write=${set("until_exploited")} /></fieldset>
    ${problem && html`<${Notice} kind="failed" title=${words.failed} live><p>${problem.kind ? problemText(problem) : problem.detail}</p><//>`}
    <div class="dialog-actions"><button type="button" onClick=${close}>${text.actions.cancel}</button><button class="primary" disabled=${busy}>${words.save}</button></div>
  </form><//>`;
}
