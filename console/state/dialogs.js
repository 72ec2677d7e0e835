// Which of the shell's dialogs is open, so that any view may open one.
import { useEffect, useState } from "../html.js";

const listeners = new Set();

/** Open a dialog of the shell by its name; `null` closes it. */
export function openDialog(name, options = {}) {
  for (const listener of listeners) listener(name && { name, options });
}

export function useDialog() {
  const [open, set] = useState(null);
  useEffect(() => {
    listeners.add(set);
    return () => listeners.delete(set);
  }, []);
  return open;
}
