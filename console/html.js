// The one way to make elements: htm over Preact.  Values are always text or attributes, never markup.
import { h } from "./vendor/preact.js";
import htm from "./vendor/htm.js";

export const html = htm.bind(h);
export { Component, createContext, render } from "./vendor/preact.js";
export { useContext, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "./vendor/preact-hooks.js";
