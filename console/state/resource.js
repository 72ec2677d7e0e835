// One thing that is asked of the API and shown: loading, ready, failed, or kept from before though a newer ask failed.
import { addressOf, ask } from "../api.js";
import { useEffect, useRef, useState } from "../html.js";

const kept = new Map();
const MOST_KEPT = 60;

function keep(name, value) {
  kept.delete(name);
  kept.set(name, value);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
}

/**
 * Ask for a path; `null` asks nothing.  Answers `{state, value, problem, at, stale, reload, replace}`, where `state`
 * is idle, loading, ready or failed, and `stale` says that `value` is of `at` because asking again failed.
 */
export function useResource(path, query = {}, { every = 0 } = {}) {
  const name = path === null ? "" : addressOf(path, query);
  const [shown, show] = useState({ name, ...(kept.get(name) ?? {}) });
  const running = useRef(null);
  const now = shown.name === name ? shown : { name, ...(kept.get(name) ?? {}) };

  async function load() {
    running.current?.abort();
    const control = (running.current = new AbortController());
    try {
      const value = await ask(path, { query, signal: control.signal });
      keep(name, { value, at: Date.now() });
      show({ name, value, at: Date.now() });
    } catch (problem) {
      if (problem.name === "AbortError") return;
      show({ name, ...(kept.get(name) ?? {}), problem });
    }
  }

  useEffect(() => {
    if (path === null) return undefined;
    load();
    const timer = every ? setInterval(() => !document.hidden && load(), every) : 0;
    return () => {
      clearInterval(timer);
      running.current?.abort();
    };
  }, [name, every]);

  function replace(value) {
    keep(name, { value, at: Date.now() });
    show({ name, value, at: Date.now() });
  }

  const state = path === null ? "idle" : now.value !== undefined ? "ready" : now.problem ? "failed" : "loading";
  return { ...now, state, stale: state === "ready" && Boolean(now.problem), reload: load, replace };
}
