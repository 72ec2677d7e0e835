// The progress of one scan: a bar that moves, numbers beside it, and the button that stops it.
import { ask } from "../api.js";
import { Chip } from "../components/chips.js";
import { Facts, Hostile } from "../components/page.js";
import { Notice, problemText, Stale } from "../components/states.js";
import { agoOf, bytesOf, momentOf, scopeName, wordOf } from "../format.js";
import { html, useState } from "../html.js";
import { useResource } from "../state/resource.js";
import { text } from "../text.js";

const ENDED = ["complete", "partial", "unsupported", "failed", "superseded", "stopped"];
const OFTEN = 1500;

export const hasEnded = (scan) => ENDED.includes(scan.state);

/** How far a scan is, from 0 to 1; null while it is not known how much there is. */
export function shareOf(scan) {
  if (hasEnded(scan)) return 1;
  if (scan.images > 1 || !scan.layers) return scan.images ? (scan.images_done ?? 0) / scan.images : null;
  return (scan.layers_done ?? 0) / scan.layers;
}

export function Progress({ scan }) {
  const share = shareOf(scan);
  const label = `${text.columns.progress}: ${scopeName(scan.scope)}`;
  if (share === null) return html`<progress aria-label=${label}></progress><span class="aliases">${text.scan.listing}</span>`;
  const images = scan.images ? text.scan.progress(scan.images_done ?? 0, scan.images) : "";
  const layers = scan.layers ? text.scan.layers(scan.layers_done ?? 0, scan.layers) : "";
  return html`<progress aria-label=${label} value=${share} max="1"></progress><span class="aliases">${[images, layers].filter(Boolean).join(" · ") || text.unknown.value}</span>`;
}

export function StopButton({ scan, stopped }) {
  const [problem, fail] = useState(null);
  const [asked, wait] = useState(false);
  const stop = async () => {
    wait(true);
    try {
      stopped(await ask(`/scans/${encodeURIComponent(scan.id)}`, { method: "DELETE" }));
    } catch (error) {
      fail(error);
      wait(false);
    }
  };
  return html`<button type="button" class="danger" disabled=${asked} aria-label=${text.scan.stopOf(scopeName(scan.scope))} onClick=${stop}>${text.actions.stop}</button>
    ${asked && html`<span role="status">${text.scan.stopping}</span>`}
    ${problem && html`<${Notice} kind="failed" title=${text.scan.stopFailed} live><p>${problemText(problem)}</p><//>`}`;
}

/** How the images of a scan ended, in words; empty while none has. */
function outcomes(scan) {
  const names = ["complete", "partial", "unsupported", "failed", "superseded", "stopped"].filter((name) => scan[name] > 0);
  return names.map((name) => `${scan[name].toLocaleString("en")} ${wordOf(text.scanState, name).toLowerCase()}`).join(", ");
}

export function ScanProgress({ scan, close }) {
  const path = `/scans/${encodeURIComponent(scan.id)}`;
  const [over, end] = useState(hasEnded(scan));
  const resource = useResource(path, {}, { every: over ? 0 : OFTEN });
  const now = resource.value ?? scan;
  if (!over && hasEnded(now)) end(true);
  return html`<div role="status" class="unseen">${hasEnded(now) ? text.scan.ended(wordOf(text.scanState, now.state)) : text.scan.started}</div>
    <${Stale} resource=${resource} />
    <p><${Chip} value=${now.state} words=${text.scanState} /></p>
    <div class="progress-line"><${Progress} scan=${now} /></div>
    <${Facts} facts=${[
      [text.columns.scope, html`<${Hostile} value=${scopeName(now.scope)} />`],
      [text.columns.started, `${momentOf(now.started)} (${agoOf(now.started)})`],
      now.ended && [text.columns.until, momentOf(now.ended)],
      now.bytes > 0 && [text.detail.read, text.scan.bytes(bytesOf(now.bytes_done ?? 0), bytesOf(now.bytes))],
      typeof now.added === "number" && [text.columns.change, text.scan.changes(now.added, now.fixed ?? 0)],
      now.estimated_end && !hasEnded(now) && [text.columns.until, text.scan.ends(agoOf(now.estimated_end))],
      outcomes(now) && [text.scan.outcomes, outcomes(now)],
      now.detail && [text.scan.detail, html`<${Hostile} value=${now.detail} />`],
    ]} />
    <div class="dialog-actions">
      ${!hasEnded(now) && html`<${StopButton} scan=${now} stopped=${() => resource.reload()} />`}
      <button type="button" class="primary" onClick=${close}>${hasEnded(now) ? text.scan.closeEnded : text.scan.background}</button>
    </div>`;
}
