// A list with its states: rows, how many of how many, more, and words where there are none.
import { numberOf } from "../format.js";
import { html, useEffect, useLayoutEffect, useRef } from "../html.js";
import { changeQuery, placeOf, useAddress } from "../router.js";
import { text } from "../text.js";
import { Empty, Failed, Loading, Notice, problemText } from "./states.js";

/** Put the page back where it was when somebody comes back to a list. */
function useKeptPlace(ready) {
  const { key } = useAddress();
  const done = useRef("");
  useLayoutEffect(() => {
    if (!ready || done.current === key) return;
    done.current = key;
    const place = placeOf(key);
    if (place) window.scrollTo(0, place);
  }, [ready, key]);
}

function Foot({ list, what, kept }) {
  const grow = () => {
    if (kept) changeQuery({ rows: list.items.length + 50 }, { replace: true });
    list.loadMore();
  };
  const said = list.more || list.state === "growing" ? text.states.shown(list.items.length, list.total) : text.states.end(list.items.length);
  return html`<div class="list-foot">
    <p role="status">${list.state === "growing" ? text.states.growing : said}</p>
    ${list.more && html`<button type="button" disabled=${list.state === "growing"} onClick=${grow} aria-label=${`${text.actions.more}: ${what}`}>${text.actions.more}</button>`}
  </div>`;
}

/** `list` is of `useList`; `children` draws its rows; `filtered` says that filters may be why there are none. */
export function List({ list, what, words, filtered = false, clear, kept = false, children }) {
  const ready = list.state !== "loading";
  if (kept) useKeptPlace(ready);
  useEffect(() => {
    if (kept && ready) performance.mark("rows-drawn", { detail: list.items.length });
  }, [ready, list.items.length]);
  if (list.state === "loading") return html`<${Loading} what=${what.toLowerCase()} />`;
  if (list.state === "failed" && !list.items.length) return html`<${Failed} what=${what} problem=${list.problem} retry=${list.reload} />`;
  if (!list.items.length && list.more) {
    return html`<${Notice} title=${text.states.searching} live><button type="button" onClick=${list.loadMore}>${text.actions.more}</button><//>`;
  }
  if (!list.items.length) {
    return filtered
      ? html`<${Empty} words=${text.states.noMatch}>${clear && html`<button type="button" onClick=${clear}>${text.actions.clear}</button>`}<//>`
      : html`<${Empty} words=${words} />`;
  }
  return html`${children(list.items)}
    ${list.state === "failed" && html`<${Notice} kind="failed" title=${text.states.failed(what)} live><p>${problemText(list.problem)}</p><//>`}
    <${Foot} list=${list} what=${what} kept=${kept} />`;
}

/** How many there are, beside a title. */
export function Total({ list }) {
  return list.total === null || list.state === "loading" ? null : html`<span class="total">${numberOf(list.total)}</span>`;
}
