// Words with a shape and a colour for priority, level, risk and state: the word alone is enough.
import { numberOf, wordOf } from "../format.js";
import { html } from "../html.js";
import { text } from "../text.js";
import { Icon } from "./icons.js";

const tones = {
  high: ["high", "high"], urgent: ["high", "high"], critical: ["high", "high"],
  medium: ["medium", "medium"], warning: ["medium", "medium"],
  low: ["low", "low"], notice: ["low", "low"], negligible: ["low", "low"],
  clean: ["good", "check"], complete: ["good", "check"], fixed: ["good", "check"], handled: ["good", "check"],
  partial: ["doubt", "half"], unsupported: ["doubt", "half"], unknown: ["doubt", "half"], undetermined: ["doubt", "half"],
  failed: ["high", "cross"], unscanned: ["plain", "ring"], open: ["plain", "ring"], unhandled: ["plain", "ring"],
  running: ["busy", "half"], queued: ["busy", "ring"], stopping: ["busy", "half"],
};

/** One word with its sign. */
export function Chip({ value, words, note, missing }) {
  const [tone, icon] = tones[value] ?? ["plain", "ring"];
  return html`<span class=${`chip ${tone}`} title=${note ?? null}><${Icon} name=${icon} />${wordOf(words, value, missing)}</span>`;
}

export const PriorityChip = ({ value }) => html`<${Chip} value=${value} words=${text.priority} />`;
export const LevelChip = ({ value }) => html`<${Chip} value=${value} words=${text.level} />`;
export const StateChip = ({ value }) => html`<${Chip} value=${value} words=${text.findingState} />`;
export const StatusChip = ({ value }) => html`<${Chip} value=${value ?? "unscanned"} words=${text.status} note=${text.statusNotes[value ?? "unscanned"]} />`;

/** The risk of an image in a list: the worst that was found, or why "nothing found" is not "clean". */
export function riskOf(image) {
  const { vulnerabilities: found = {}, samples = {}, status } = image;
  if (image.risk) return image.risk;
  if (found.high || samples.urgent) return "high";
  if (found.medium || samples.warning) return "medium";
  if (found.low || samples.notice) return "low";
  if (!status) return "unscanned";
  return status === "complete" ? "clean" : "unknown";
}

export function RiskChip({ value }) {
  return html`<${Chip} value=${value} words=${text.risk} note=${text.riskNotes[value]} />`;
}

/** Numbers by priority or level, each in its colour with its word; those that are zero stand back. */
export function Counts({ counts, words = text.priority }) {
  if (!counts) return html`<span class="quiet">${text.unknown.value}</span>`;
  if (!Object.keys(words).some((name) => counts[name])) return html`<span class="quiet">${text.unknown.none}</span>`;
  const parts = Object.keys(words).map((name) => {
    const number = counts[name] ?? 0;
    return html`<span class=${`count ${tones[name][0]} ${number ? "" : "zero"}`}><b>${numberOf(number)}</b> ${words[name].toLowerCase()}</span>`;
  });
  return html`<span class="counts">${parts}</span>`;
}
