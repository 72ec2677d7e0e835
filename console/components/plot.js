// Lines over days, drawn by uPlot, which is fetched only when there is something to draw.
import { html, useEffect, useRef } from "../html.js";
import { onThemeChange } from "../state/theme.js";

const HEIGHT = 220;
const own = (name) => new URL(`../vendor/${name}`, import.meta.url).href;
let fetched = null;

/** uPlot is not a module: its script leaves it on the window. */
function library() {
  fetched ??= new Promise((resolve, reject) => {
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: own("uplot.css") }));
    const script = Object.assign(document.createElement("script"), { src: own("uplot.js") });
    script.addEventListener("load", () => resolve(window.uPlot));
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  return fetched;
}

const shortDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const DASHES = [[], [7, 4], [2, 3]];

function optionsOf(series, width) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    scales: { x: { time: true }, y: { range: (_, __, most) => [0, Math.max(4, Math.ceil(most * 1.1))] } },
    axes: [{ ...axis, values: (_, days) => days.map((day) => shortDay.format(day * 1000)), space: 70 }, { ...axis, size: 46, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000] }],
    series: [{}, ...series.map((one, index) => ({ label: one.label, stroke: colour(one.colour), width: 2, dash: DASHES[index % DASHES.length], points: { show: false } }))],
  };
}

/** `times` are in seconds; `series` are `{label, colour, values}` with the colour's custom property. */
export function Plot({ label, times, series }) {
  const place = useRef(null);
  useEffect(() => {
    let drawn = null;
    let left = false;
    const draw = async () => {
      const uPlot = await library();
      if (left || !place.current) return;
      drawn?.destroy();
      drawn = new uPlot(optionsOf(series, place.current.clientWidth), [times, ...series.map((one) => one.values)], place.current);
    };
    draw();
    const watch = new ResizeObserver(() => drawn && place.current && drawn.setSize({ width: place.current.clientWidth, height: HEIGHT }));
    watch.observe(place.current);
    const end = onThemeChange(draw);
    return () => {
      left = true;
      watch.disconnect();
      end();
      drawn?.destroy();
    };
  }, [times, series]);
  return html`<div class="plot"><ul class="legend" aria-hidden="true">${series.map((one, index) => html`<li key=${one.label}><span class=${`stroke stroke-${index}`}></span>${one.label}</li>`)}</ul>
    <div ref=${place} role="img" aria-label=${label} class="plot-place"></div></div>`;
}
