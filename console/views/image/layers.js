// The layers of one image: what the API tells of each, or at least their instructions where it cannot.
import { imagePath } from "../../api.js";
import { LayerStack } from "../../components/layer_stack.js";
import { Empty, Loading, Notice, problemText, Stale } from "../../components/states.js";
import { html } from "../../html.js";
import { useResource } from "../../state/resource.js";
import { text } from "../../text.js";

/** A layer of the API as the stack draws it. */
function drawn(layer, image) {
  const placed = image.layers?.find((one) => one.index === layer.index);
  return { ...layer, base: placed?.origin === "base", findings: layer.vulnerabilities, brought: layer.packages_brought, removed: layer.packages_removed, mended: layer.vulnerabilities_removed };
}

export function Layers({ image }) {
  const resource = useResource(`${imagePath(image.id)}/layers`);
  if (resource.state === "loading") return html`<${Loading} what=${text.image.tabs.layers.toLowerCase()} />`;
  const layers = (resource.value?.items ?? image.layers ?? []).map((layer) => drawn(layer, image));
  if (!layers.length) return html`<${Empty} words=${text.empty.layers} />`;
  return html`<p class="quiet">${text.image.layersLead}</p>
    <${Stale} resource=${resource} />
    ${resource.state === "failed" && html`<${Notice} kind="doubt" title=${text.image.layersLess} live><p>${resource.problem.kind === "missing" ? text.empty.inventory.body : problemText(resource.problem)}</p><//>`}
    <${LayerStack} layers=${layers} />`;
}
