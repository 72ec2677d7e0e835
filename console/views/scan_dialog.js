// "Scan now": what to scan, about how much that is, then its progress until it ends or is stopped.
import { ask } from "../api.js";
import { Dialog } from "../components/dialog.js";
import { Notice, problemText } from "../components/states.js";
import { bytesOf } from "../format.js";
import { html, useEffect, useId, useState } from "../html.js";
import { forgetLists } from "../state/list.js";
import { text } from "../text.js";
import { ScanProgress } from "./scan_progress.js";

const kinds = Object.keys(text.scan.scopes);
const labels = { I: text.scan.instance, N: text.scan.namespace, R: text.scan.repository, IMG: text.scan.image };
const hints = { I: text.scan.registryHint, N: "instance/namespace", R: "instance/repository", IMG: text.scan.imageHint };

const parts = (scope) => {
  const [kind, ...rest] = (scope ?? "ALL").split("#");
  return { kind: kinds.includes(kind) ? kind : "ALL", name: rest.join("#") };
};

/** The scope as the API takes it; empty while something is missing. */
const scopeOf = ({ kind, name }) => (kind === "ALL" ? "ALL" : name.trim() ? `${kind}#${name.trim()}` : "");

/** What the API says that a scan would read and cost. */
function useEstimate(scope) {
  const [estimate, set] = useState({ state: "idle" });
  useEffect(() => {
    if (!scope) {
      set({ state: "idle" });
      return undefined;
    }
    const control = new AbortController();
    set({ state: "loading" });
    ask("/scans", { method: "POST", body: { scope, dry_run: true }, signal: control.signal }).then(
      (value) => set({ state: "ready", value }),
      (problem) => problem.name !== "AbortError" && set({ state: "failed", problem }),
    );
    return () => control.abort();
  }, [scope]);
  return estimate;
}

const dollars = (value) => new Intl.NumberFormat("en", { style: "currency", currency: "USD", maximumFractionDigits: value < 1 ? 4 : 2 }).format(value);

function Estimated({ value }) {
  return html`${text.scan.estimateKnown(value.images)} ${text.scan.estimateRead(value.layers_unread, bytesOf(value.bytes), dollars(value.dollars))}
    ${value.looked_at < value.images && html` ${text.scan.estimateScaled(value.looked_at)}`}
    ${value.unresolved > 0 && html` ${text.scan.estimateUnresolved(value.unresolved)}`} <span class="quiet">${text.scan.estimateMore}</span>`;
}

function Estimate({ chosen }) {
  const { state, value, problem } = useEstimate(scopeOf(chosen));
  if (state === "idle") return null;
  return html`<div class="estimate" role="status"><b>${text.scan.estimate}:</b>${" "}
    ${state === "loading" && text.scan.estimating}
    ${state === "failed" && html`${text.scan.estimateFailed} ${problemText(problem)}`}
    ${state === "ready" && html`<${Estimated} value=${value} />`}</div>`;
}

function useDelayed(value, delay) {
  const [shown, show] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => show(value), delay);
    return () => clearTimeout(timer);
  }, [JSON.stringify(value)]);
  return shown;
}

function Choose({ scope, started, close }) {
  const [chosen, choose] = useState(parts(scope));
  const [problem, fail] = useState(null);
  const [busy, wait] = useState(false);
  const asked = useDelayed(chosen, 400);
  const id = useId();
  const start = async (event) => {
    event.preventDefault();
    if (!scopeOf(chosen)) {
      fail({ detail: text.scan.missing });
      return;
    }
    wait(true);
    try {
      const scan = await ask("/scans", { method: "POST", body: { scope: scopeOf(chosen) } });
      forgetLists();
      started(scan);
    } catch (error) {
      fail(error);
      wait(false);
    }
  };
  return html`<form onSubmit=${start} novalidate>
    <p class="quiet">${text.scan.lead}</p>
    <fieldset class="choices row"><legend>${text.scan.scope}</legend>
      ${kinds.map((kind) => html`<label class="option" key=${kind}><input type="radio" name="scope" value=${kind} checked=${chosen.kind === kind} onChange=${() => choose({ ...chosen, kind })} /><span>${text.scan.scopes[kind]}</span></label>`)}
    </fieldset>
    ${chosen.kind !== "ALL" && html`<label for=${id}>${labels[chosen.kind]}</label>
      <input id=${id} type="text" value=${chosen.name} autocomplete="off" spellcheck=${false} aria-describedby=${`${id}-hint`} onInput=${(event) => choose({ ...chosen, name: event.target.value })} />
      <p class="hint" id=${`${id}-hint`}>${hints[chosen.kind]}</p>`}
    <${Estimate} chosen=${asked} />
    ${problem && html`<${Notice} kind="failed" title=${text.scan.notStarted} live><p>${problem.kind ? problemText(problem) : problem.detail}</p><//>`}
    <div class="dialog-actions"><button type="button" onClick=${close}>${text.actions.cancel}</button>
      <button class="primary" disabled=${busy}>${busy ? text.scan.starting : text.scan.start}</button></div>
  </form>`;
}

/** `scope` is chosen at first; `scan` is one that already runs. */
export function ScanDialog({ scope, scan, close }) {
  const [running, run] = useState(scan ?? null);
  return html`<${Dialog} title=${text.scan.title} close=${close}>
    ${running ? html`<${ScanProgress} scan=${running} close=${close} />` : html`<${Choose} scope=${scope} started=${run} close=${close} />`}
  <//>`;
}
