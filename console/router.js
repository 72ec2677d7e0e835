// The address is the state: what a view shows is written in path and query, so that a link shows the same view.
import { useEffect, useState } from "./html.js";

const places = new Map();
const listeners = new Set();
let count = 0;

history.scrollRestoration = "manual";
if (!history.state?.key) history.replaceState({ key: newKey() }, "");

function newKey() {
  count += 1;
  return `${Date.now().toString(36)}-${count}`;
}

function current() {
  return { path: location.pathname, query: new URLSearchParams(location.search), key: history.state?.key ?? "" };
}

function tell() {
  const now = current();
  for (const listener of listeners) listener(now);
}

function keepPlace() {
  places.set(history.state?.key, window.scrollY);
}

window.addEventListener("popstate", tell);
window.addEventListener("scroll", keepPlace, { passive: true });

/** Go to an address of the console; `replace` leaves no step to go back to. */
export function navigate(href, { replace = false } = {}) {
  keepPlace();
  if (replace) history.replaceState({ key: history.state?.key ?? newKey() }, "", href);
  else history.pushState({ key: newKey() }, "", href);
  tell();
}

/** Where the page was scrolled to when this step of the history was left; 0 for a new one. */
export function placeOf(key) {
  return places.get(key) ?? 0;
}

/** The address now, and again whenever it changes. */
export function useAddress() {
  const [address, set] = useState(current);
  useEffect(() => {
    listeners.add(set);
    return () => listeners.delete(set);
  }, []);
  return address;
}

/** The address of a path with a query; values that are empty are left out. */
export function hrefOf(path, query = {}) {
  const kept = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== "" && value !== null && value !== undefined) kept.set(name, value);
  }
  const text = kept.toString();
  return text ? `${path}?${text}` : path;
}

/** Change some parameters of the address and keep the others. */
export function changeQuery(changes, options) {
  const query = { ...Object.fromEntries(new URLSearchParams(location.search)), ...changes };
  navigate(hrefOf(location.pathname, query), options);
}

/** Follow links of the console without loading the page again; leave every other click to the browser. */
export function followLinks(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.pathname.startsWith("/v1/") || (link.hash && link.pathname === location.pathname)) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}
