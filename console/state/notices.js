// Short words about something that has just happened; the shell shows them and a screen reader says them.
import { useEffect, useState } from "../html.js";

const SHOWN = 6000;
const listeners = new Set();

/** Say that something was done. */
export function tell(words) {
  for (const listener of listeners) listener(words);
}

/** The newest notice, empty when it has been there long enough. */
export function useNotice() {
  const [words, say] = useState("");
  useEffect(() => {
    listeners.add(say);
    return () => listeners.delete(say);
  }, []);
  useEffect(() => {
    if (!words) return undefined;
    const timer = setTimeout(() => say(""), SHOWN);
    return () => clearTimeout(timer);
  }, [words]);
  return words;
}
