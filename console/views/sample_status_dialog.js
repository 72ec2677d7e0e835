// Changes the processing status of a sample; the reason is part of it.
import { ask } from "../api.js";
import { Dialog } from "../components/dialog.js";
import { Notice, problemText } from "../components/states.js";
import { html, useId, useState } from "../html.js";
import { tell } from "../state/notices.js";
import { forgetLists } from "../state/list.js";
import { text } from "../text.js";

export function SampleStatusDialog({ sample, close, changed }) {
  const [status, choose] = useState(sample.status);
  const [reason, write] = useState("");
  const [problem, fail] = useState(null);
  const [busy, wait] = useState(false);
  const id = useId();
  const save = async (event) => {
    event.preventDefault();
    if (!reason.trim()) {
      fail({ kind: "invalid", detail: text.sample.reasonMissing });
      return;
    }
    wait(true);
    try {
      changed(await ask(`/samples/${encodeURIComponent(sample.sha256)}`, { method: "PATCH", headers: sample.version === undefined ? {} : { "if-match": `"${sample.version}"` }, body: { status, note: reason.trim() } }));
      forgetLists();
      tell(text.sample.saved(text.processing[status]));
      close();
    } catch (error) {
      fail(error);
      wait(false);
    }
  };
  return html`<${Dialog} title=${text.sample.changeTitle} close=${close}>
    <form onSubmit=${save} novalidate>
      <fieldset class="choices"><legend>${text.sample.status}</legend>
        ${Object.entries(text.processing).map(([name, word]) => html`<label key=${name} class="option">
          <input type="radio" name="status" value=${name} checked=${status === name} onChange=${() => choose(name)} />
          <span><b>${word}</b><span class="aliases">${text.processingNotes[name]}</span></span></label>`)}
      </fieldset>
      <label for=${id}>${text.sample.reason}</label>
      <textarea id=${id} rows="3" maxlength="1000" required aria-describedby=${`${id}-hint`} value=${reason} onInput=${(event) => write(event.target.value)}></textarea>
      <p class="hint" id=${`${id}-hint`}>${text.sample.reasonHint}</p>
      ${problem && html`<${Notice} kind="failed" title=${problem.status ? problemText(problem) : problem.detail} live />`}
      <div class="dialog-actions"><button type="button" onClick=${close}>${text.actions.cancel}</button><button class="primary" disabled=${busy}>${text.actions.save}</button></div>
    </form>
  <//>`;
}
