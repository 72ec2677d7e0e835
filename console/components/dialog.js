// A dialog of the browser's own: it keeps the focus inside, Escape closes it, and the focus goes back.
import { html, useEffect, useId, useRef } from "../html.js";
import { text } from "../text.js";
import { Icon } from "./icons.js";

export function Dialog({ title, close, children, wide = false }) {
  const place = useRef(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    place.current.showModal();
    return () => before?.focus?.();
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    close();
  };
  return html`<dialog ref=${place} class=${wide ? "wide" : null} aria-labelledby=${id} onCancel=${cancel} onClose=${close}>
    <header><h2 id=${id}>${title}</h2>
      <button type="button" class="bare" aria-label=${text.actions.close} onClick=${close}><${Icon} name="cross" /></button></header>
    <div class="dialog-body">${children}</div>
  </dialog>`;
}
