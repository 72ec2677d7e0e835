// The settings dialog: read, change, save under optimistic locking, and settle it where somebody else saved first.
import { ask, askTagged } from "../api.js";
import { Dialog } from "../components/dialog.js";
import { Failed, Loading, Notice, problemText } from "../components/states.js";
import { html, useEffect, useState } from "../html.js";
import { tell } from "../state/notices.js";
import { text } from "../text.js";
import { bodyOf, formOf, SettingsForm } from "./settings_form.js";

const words = text.settings;

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
    ${state.form && html`<form onSubmit=${save} novalidate><${SettingsForm} read=${state.read} form=${state.form} change=${(form) => set({ ...state, form })}>
      ${state.step === "conflict" && html`<${Conflict} takeTheirs=${() => set({ ...state, step: "ready", form: formOf(state.read) })} />`}
      ${state.problem && html`<${Notice} kind="failed" title=${words.failed} live><p>${problemText(state.problem)}</p><//>`}
      <div class="dialog-actions"><button type="button" onClick=${close}>${text.actions.cancel}</button>
        <button class="primary" disabled=${state.step === "saving"}>${state.step === "saving" ? words.saving : words.save}</button></div>
    <//></form>`}
  <//>`;
}
