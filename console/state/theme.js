// The colours that somebody chose, kept in this browser; without a choice the system's.

const KEPT = "pratique.theme";
const listeners = new Set();

export const themes = ["system", "light", "dark"];

/** The choice: system, light or dark. */
export const chosenTheme = () => (themes.includes(localStorage.getItem(KEPT)) ? localStorage.getItem(KEPT) : "system");

/** Use a choice from now on. */
export function chooseTheme(name) {
  localStorage.setItem(KEPT, name);
  applyTheme();
}

/** Put the choice on the page. */
export function applyTheme() {
  const name = chosenTheme();
  if (name === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  for (const listener of listeners) listener();
}

/** Call back when the colours change, whoever changed them; answers what ends it. */
export function onThemeChange(listener) {
  const media = matchMedia("(prefers-color-scheme: dark)");
  listeners.add(listener);
  media.addEventListener("change", listener);
  return () => {
    listeners.delete(listener);
    media.removeEventListener("change", listener);
  };
}
