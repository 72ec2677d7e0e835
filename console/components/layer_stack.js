// The layers of an image drawn as they lie: the lowest at the bottom, each as long as its share of the bytes.
import { bytesOf } from "../format.js";
import { html } from "../html.js";
import { text } from "../text.js";
import { Counts } from "./chips.js";
import { Hostile } from "./page.js";

/** Strip what builders write around an instruction: the shell they call and the marker of "no change". */
export function instruction(createdBy) {
  return (createdBy ?? "").replace(/^\/bin\/sh -c #\(nop\)\s*/, "").replace(/^(RUN )?\/bin\/sh -c /, "RUN ").replace(/\s+# buildkit$/, "").trim();
}

function Size({ layer, largest, whole }) {
  if (typeof layer.size !== "number") return html`<span class="layer-size quiet">${text.image.sizeUnknown}</span>`;
  const share = Math.max(0.006, layer.size / (largest || 1));
  return html`<span class="layer-size"><span class="layer-bar" aria-hidden="true"><span style=${{ width: `${share * 100}%` }}></span></span>
    <b>${bytesOf(layer.size)}</b>${whole > 0 && html` <span class="quiet">${text.layers.share(`${Math.round((layer.size / whole) * 100)}%`)}</span>`}</span>`;
}

/** A list that the API cut where it was long: how many there are, and those it named. */
function Parts({ parts, words, none }) {
  if (!parts) return null;
  if (!parts.total) return none ? html`<span class="quiet">${none}</span>` : null;
  const rest = parts.total - parts.items.length;
  return html`<details class="brought"><summary>${words(parts.total)}</summary>
    <ul class="plain columns">${parts.items.map((one) => html`<li key=${`${one.id ?? ""} ${one.name ?? ""} ${one.version ?? ""} ${one.path ?? ""}`}><${Hostile} value=${one.id ?? `${one.name} ${one.version}`} /></li>`)}
      ${rest > 0 && html`<li class="quiet">${text.image.andMore(rest)}</li>`}</ul></details>`;
}

function Layer({ layer, largest, whole }) {
  const made = instruction(layer.created_by);
  const found = layer.findings;
  const any = found && (found.high || found.medium || found.low);
  const malicious = Object.values(layer.samples ?? {}).some((number) => number > 0);
  const worst = layer.samples?.urgent ? "high" : found?.high ? "high" : found?.medium ? "medium" : found?.low ? "low" : "none";
  return html`<li class=${`layer ${worst} ${layer.base ? "base" : ""}`}>
    <div class="layer-head"><h2>${text.image.layerTitle(layer.index)}</h2>${layer.base && html`<span class="tag">${text.image.base}</span>`}<${Size} layer=${layer} largest=${largest} whole=${whole} /></div>
    <p class="mono instruction"><${Hostile} value=${made || text.detail.noInstruction} /></p>
    ${layer.read === false && html`<p class="doubt-words">${text.image.layerNotRead}</p>`}
    <div class="layer-facts">
      <${Parts} parts=${layer.brought} words=${text.image.added} none=${text.image.nothingAdded} />
      <${Parts} parts=${layer.removed} words=${text.image.removed} none=${text.image.nothingRemoved} />
      <${Parts} parts=${layer.mended} words=${text.image.mended} />
      ${found && (any ? html`<${Counts} counts=${found} />` : html`<span class="quiet">${text.image.noFindings}</span>`)}
      ${malicious && html`<${Counts} counts=${layer.samples} words=${text.level} />`}
    </div>
  </li>`;
}

/**
 * `layers` are lowest first: `{index, created_by, size, brought, removed, mended, findings, samples, base, read}`, of
 * which all but the first two may be missing.
 */
export function LayerStack({ layers }) {
  const sizes = layers.map((layer) => layer.size ?? 0);
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  return html`<ol class="layers" reversed>${[...layers].reverse().map((layer) => html`<${Layer} key=${layer.index} layer=${layer} largest=${Math.max(...sizes)} whole=${whole} />`)}</ol>`;
}
