// A list that grows page by page.  It is kept by its address, so that going back shows the same rows at the same place.
import { addressOf, ask } from "../api.js";
import { useEffect, useRef, useState } from "../html.js";

const PAGE = 50;
// A page may be short, or empty, long before the end: ask on this often before people are asked to.
const MOST_EMPTY_PAGES = 8;
const kept = new Map();
const MOST_KEPT = 20;

const fresh = { items: [], next: "", total: null, state: "loading", problem: null, at: 0 };

function keep(name, list) {
  kept.delete(name);
  kept.set(name, list);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
}

/** Forget every kept list: something was changed that may stand in any of them. */
export function forgetLists() {
  kept.clear();
}

async function nextRows(path, query, cursor, wanted, signal) {
  const rows = [];
  let next = cursor;
  let total = null;
  for (let pages = 0; next !== null && rows.length < wanted && pages < MOST_EMPTY_PAGES; pages += 1) {
    const page = await ask(path, { query: { ...query, limit: Math.min(PAGE, wanted), cursor: next }, signal });
    rows.push(...page.items);
    next = page.next_cursor ?? null;
    total = page.total ?? total;
  }
  return { rows, next, total };
}

/**
 * The list at a path with filters.  Answers `{items, total, state, problem, at, more, loadMore, reload}`: `state` is
 * loading, growing, ready or failed; `more` whether there is more; `first` is how many rows are wanted at once.
 */
export function useList(path, query, { first = PAGE } = {}) {
  const name = addressOf(path, query);
  const [shown, show] = useState({ name, list: kept.get(name) ?? fresh });
  const running = useRef(null);
  const list = shown.name === name ? shown.list : (kept.get(name) ?? fresh);

  async function load(from, wanted, state) {
    running.current?.abort();
    const control = (running.current = new AbortController());
    show({ name, list: { ...from, state, problem: null } });
    try {
      const { rows, next, total } = await nextRows(path, query, from.next ?? "", wanted, control.signal);
      const grown = { items: [...from.items, ...rows], next, total: total ?? from.total, state: "ready", problem: null, at: Date.now() };
      keep(name, grown);
      show({ name, list: grown });
    } catch (problem) {
      if (problem.name !== "AbortError") show({ name, list: { ...from, state: "failed", problem } });
    }
  }

  useEffect(() => {
    if (kept.has(name)) show({ name, list: kept.get(name) });
    else load(fresh, first, "loading");
    return () => running.current?.abort();
  }, [name]);

  return {
    ...list,
    more: list.next !== null,
    loadMore: () => load(list, PAGE, "growing"),
    reload: () => load(fresh, Math.max(first, list.items.length), "loading"),
  };
}
