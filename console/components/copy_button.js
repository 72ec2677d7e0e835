// Copies a text and says so, to the eye and to a screen reader.
import { html, useEffect, useState } from "../html.js";
import { text } from "../text.js";
import { Icon } from "./icons.js";

export function CopyButton({ value, label }) {
  const [said, say] = useState("");
  useEffect(() => {
    if (!said) return undefined;
    const timer = setTimeout(() => say(""), 4000);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      say(text.actions.copied);
    } catch {
      say(text.actions.copyFailed);
    }
  };
  return html`<span class="copy"><button type="button" class="small" aria-label=${label} onClick=${copy}><${Icon} name=${said ? "check" : "copy"} />${text.actions.copy}</button>
    <span role="status" class=${said ? "copied" : "unseen"}>${said}</span></span>`;
}

/** A command in a box of its own with the button that copies it. */
export function Command({ value, label }) {
  return html`<div class="command"><pre tabindex="0" aria-label=${label}><code>${value}</code></pre><${CopyButton} value=${value} label=${label} /></div>`;
}
