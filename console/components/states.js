// What stands where rows would stand: every state says what it is and what to do.
import { momentOf } from "../format.js";
import { html } from "../html.js";
import { text } from "../text.js";
import { Icon } from "./icons.js";

const icons = { info: "ring", doubt: "half", failed: "cross", good: "check", danger: "high" };

/** A box of words: `kind` is info, doubt, failed, good or danger; `live` tells it to a screen reader as it appears. */
export function Notice({ kind = "info", title, children, live = false }) {
  return html`<div class=${`notice ${kind}`} role=${live ? (kind === "failed" ? "alert" : "status") : null}>
    <${Icon} name=${icons[kind]} />
    <div><p class="notice-title">${title}</p>${children}</div>
  </div>`;
}

/** Why something failed, in words that say what to do, with the API's own. */
export function problemText(problem) {
  const known = text.problems[problem?.kind] ?? text.problems.failed;
  const fields = (problem?.errors ?? []).map((error) => `${error.field.replace(/^(body|query)\./, "")} ${error.reason.replace(/^Value error, /, "")}`);
  const own = fields.length ? fields.join("; ") : problem?.kind === "failed" || problem?.kind === "missing" ? "" : (problem?.detail ?? "");
  return own && own !== known ? `${known} (${own})` : known;
}

export function Loading({ what }) {
  return html`<div class="waiting" role="status"><span class="bar" aria-hidden="true"></span>${text.states.loading(what)}</div>`;
}

export function Failed({ what, problem, retry }) {
  return html`<${Notice} kind="failed" title=${text.states.failed(what)} live>
    <p>${problemText(problem)}</p>
    ${retry && html`<button type="button" onClick=${retry}>${text.actions.retry}</button>`}
  <//>`;
}

export function Empty({ words, children }) {
  return html`<div class="empty"><p class="notice-title">${words.title}</p><p>${words.body}</p>${children}</div>`;
}

export function Stale({ resource }) {
  if (!resource.stale) return null;
  return html`<${Notice} kind="doubt" title=${text.states.stale(momentOf(resource.at))} live>
    <p>${problemText(resource.problem)}</p>
    <button type="button" onClick=${resource.reload}>${text.actions.retry}</button>
  <//>`;
}

/** Show a resource: `children` is a function of its value; the other states are said in words. */
export function Shown({ resource, what, children }) {
  if (resource.state === "loading") return html`<${Loading} what=${what} />`;
  if (resource.state === "failed") return html`<${Failed} what=${what} problem=${resource.problem} retry=${resource.reload} />`;
  if (resource.state === "idle") return null;
  return html`<${Stale} resource=${resource} />${children(resource.value)}`;
}
