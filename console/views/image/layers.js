// The layers of one image: what the API tells of each.
import { LayerStack } from "../../components/layer_stack.js";
import { Empty } from "../../components/states.js";
import { html } from "../../html.js";
import { hrefOf } from "../../router.js";
import { text } from "../../text.js";

export function Layers({ image }) {
  if (!image.layers?.length) return html`<${Empty} words=${text.empty.layers} />`;
  const findingsHref = () => hrefOf(location.pathname, { tab: "findings" });
  return html`<p class="quiet">${text.image.layersLead}</p><${LayerStack} layers=${image.layers.map((layer) => ({ base: layer.origin === "base", ...layer }))} findingsHref=${findingsHref} />`;
}
