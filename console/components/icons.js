// Shapes drawn here, so that no sign depends on its colour or on a font.
import { html } from "../html.js";

const paths = {
  high: "M8 2 15 14H1Z",
  medium: "M8 1.5 14.5 8 8 14.5 1.5 8Z",
  low: "M2 6.5H14V9.5H2Z",
  circle: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Z",
  check: "M6.4 13 1.8 8.4l1.8-1.8 2.8 2.8 6-6 1.8 1.8Z",
  half: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 2v8a4 4 0 0 1 0-8Z",
  cross: "M3.6 2 8 6.4 12.4 2 14 3.6 9.6 8l4.4 4.4-1.6 1.6L8 9.6 3.6 14 2 12.4 6.4 8 2 3.6Z",
  ring: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z",
  search: "M7 1a6 6 0 1 0 3.5 10.9l3.3 3.3 1.4-1.4-3.3-3.3A6 6 0 0 0 7 1Zm0 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z",
  copy: "M5 1h9v11h-2V3H5ZM2 4h9v11H2Zm2 2v7h5V6Z",
  arrow: "m6 2 6 6-6 6-1.5-1.5L9 8 4.5 3.5Z",
  flame: "M8.5 1c.6 2.6 4.5 4.4 4.5 8.4A5 5 0 0 1 8 15a5 5 0 0 1-5-5.4C3 7.300 4.500 6.400 5 4.500c1 .7 1.500 1.500 1.600 2.500C8 5.500 8.600 3.600 8.500 1Z",
  menu: "M1 3h14v2H1Zm0 4h14v2H1Zm0 4h14v2H1Z",
  wrench: "M14.600 4.200 12 6.800 9.200 4 11.800 1.400A4.500 4.500 0 0 0 6.300 7.200L1 12.500 3.500 15l5.300-5.300a4.500 4.500 0 0 0 5.800-5.500Z",
};

/** A small picture beside words; it says nothing to a screen reader. */
export function Icon({ name, kind = "" }) {
  return html`<svg class=${`icon ${kind}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d=${paths[name] ?? paths.circle} fill-rule="evenodd" /></svg>`;
}
