// The filters of the lists, as the API names them.
import { text } from "../text.js";

const { filters, sorts } = text;
const yesNo = { true: filters.yes, false: filters.no };

const scope = [
  { name: "repository", label: filters.repository, kind: "text", more: true },
  { name: "repository_name", label: filters.repositoryName, kind: "text", more: true, hint: filters.nameHint },
  { name: "namespace", label: filters.namespace, kind: "text", more: true },
  { name: "instance", label: filters.instance, kind: "text", more: true },
  { name: "digest", label: filters.digest, kind: "text", more: true, hint: filters.digestHint, pattern: "sha256:[0-9a-f]{64}" },
];

export const vulnerabilityFields = [
  { name: "name", label: filters.name.vulnerabilities, kind: "search", hint: filters.nameHint },
  { name: "priority", label: filters.priority, kind: "choice", words: text.priority },
  { name: "known_exploited", label: filters.known, kind: "choice", words: yesNo },
  { name: "fix_available", label: filters.fix, kind: "choice", words: yesNo },
  { name: "sort", label: filters.sort, kind: "choice", order: true, words: { "": sorts.priority, last_scan: sorts.last_scan, first_seen: sorts.newest } },
  ...scope,
  { name: "package", label: filters.package, kind: "text", more: true },
  { name: "epss_at_least", label: filters.epss, kind: "choice", more: true, words: { 0.01: "1%", 0.1: "10%", 0.5: "50%", 0.9: "90%" } },
];

export const sampleFields = [
  { name: "name", label: filters.name.samples, kind: "search", hint: filters.nameHint },
  { name: "level", label: filters.level, kind: "choice", words: text.level },
  { name: "status", label: filters.status, kind: "choice", words: text.processing },
  { name: "sort", label: filters.sort, kind: "choice", order: true, words: { "": sorts.level, last_scan: sorts.last_scan, first_seen: sorts.newest } },
  ...scope,
];

const risks = { high: text.risk.high, medium: text.risk.medium, low: text.risk.low, clean: text.risk.clean, unknown: text.risk.unknown };

export const imageFields = [
  { name: "repository_name", label: filters.repositoryName, kind: "search", hint: filters.nameHint },
  { name: "risk", label: filters.risk, kind: "choice", words: risks },
  { name: "status", label: filters.scanStatus, kind: "choice", words: text.status },
  ...scope.filter((field) => field.name !== "repository_name"),
];

export const findingFields = [
  { name: "name", label: filters.name.findings, kind: "search", hint: filters.nameHint },
  { name: "priority", label: filters.priority, kind: "choice", words: text.priority },
  { name: "category", label: filters.category, kind: "choice", words: text.category },
  { name: "state", label: filters.state, kind: "choice", order: true, words: { "": text.findingState.open, fixed: text.findingState.fixed, ignored: text.findingState.ignored } },
];

export const suppressionFields = [
  { name: "vulnerability", label: text.columns.vulnerability, kind: "search" },
  { name: "state", label: filters.state, kind: "choice", words: text.suppressions.states },
];

export const scanFields = [
  { name: "state", label: filters.state, kind: "choice", words: text.scanState },
  { name: "trigger", label: filters.trigger, kind: "choice", words: text.trigger },
];
