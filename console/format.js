// Values as people read them.  What is missing has words of its own and is never blank.
import { text } from "./text.js";

const language = "en-GB";
const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const steps = [[60, "second", 1], [3600, "minute", 60], [86_400, "hour", 3600], [86_400 * 30, "day", 86_400], [86_400 * 365, "month", 86_400 * 30], [Infinity, "year", 86_400 * 365]];

const parsed = (value) => {
  const date = value ? new Date(value) : null;
  return date && !Number.isNaN(date.getTime()) ? date : null;
};

/** A date as "24 Nov 2026"; words where there is none. */
export const dayOf = (value, missing = text.unknown.date) => (parsed(value) ? day.format(parsed(value)) : missing);

/** A moment as "24 Nov 2026, 10:30" in the reader's own time zone. */
export const momentOf = (value, missing = text.unknown.never) => (parsed(value) ? moment.format(parsed(value)) : missing);

/** How long ago or ahead a moment is, as "3 hours ago". */
export function agoOf(value, missing = text.unknown.never) {
  const date = parsed(value);
  if (!date) return missing;
  const seconds = (date.getTime() - Date.now()) / 1000;
  const [, unit, size] = steps.find(([limit]) => Math.abs(seconds) < limit);
  return relative.format(Math.round(seconds / size), unit);
}

/** A length of time in seconds, as "5 hours". */
export function durationOf(seconds, missing = text.unknown.value) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return missing;
  const [, unit, size] = steps.find(([limit]) => seconds < limit);
  return text.many(Math.max(0, Math.round(seconds / size)), unit);
}

/** Bytes as "1.4 MB", in powers of a thousand. */
export function bytesOf(bytes, missing = text.unknown.value) {
  if (typeof bytes !== "number") return missing;
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 && unit ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** A number with separators; words where there is none. */
export const numberOf = (value, missing = text.unknown.number) => (typeof value === "number" ? value.toLocaleString("en") : missing);

/** A probability of 0 to 1 as "12.3%". */
export function percentOf(value, missing = text.unknown.value) {
  if (typeof value !== "number") return missing;
  const share = value * 100;
  if (share > 0 && share < 0.1) return "<0.1%";
  return `${share.toFixed(share < 10 ? 1 : 0)}%`;
}

/** A digest or hash short enough to read: its first twelve digits. */
export const shortOf = (digest) => (digest ? digest.replace(/^sha256:/, "").slice(0, 12) : text.unknown.value);

/** A word of the API in the reader's words; one that is not known yet is shown as it came. */
export const wordOf = (words, value, missing = text.unknown.value) => (value ? (words[value] ?? String(value)) : missing);

/** The text, or words where it is empty. */
export const textOf = (value, missing = text.unknown.value) => (value === null || value === undefined || value === "" ? missing : String(value));

/** An image as "repository:tag", or with the start of its digest where it has no tag. */
export function imageName(image) {
  if (!image) return text.unknown.value;
  const tag = image.tags?.[0];
  return tag ? `${image.repository}:${tag}` : `${image.repository}@${shortOf(image.digest)}`;
}

/** A scope of the API, such as `R#instance/repository`, in words. */
export function scopeName(scope) {
  if (!scope) return text.unknown.value;
  const [kind, ...rest] = scope.split("#");
  return kind === "ALL" ? text.scan.scopeAll : rest.join("#");
}

/** An address that may be followed: https or http, else null; sources write anything there. */
export function safeAddress(value) {
  try {
    const address = new URL(value);
    return ["https:", "http:"].includes(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}
