// The shell: sections on the side, dialogs on top, and the view that the address names.
import { Icon } from "./components/icons.js";
import { PageHead } from "./components/page.js";
import { Failed, Loading } from "./components/states.js";
import { Component, html, useEffect, useRef, useState } from "./html.js";
import { followLinks, useAddress } from "./router.js";
import { signInNeeded, signOut } from "./sign_in.js";
import { openDialog, useDialog } from "./state/dialogs.js";
import { useNotice } from "./state/notices.js";
import { chooseTheme, chosenTheme, themes } from "./state/theme.js";
import { text } from "./text.js";

// Each view is fetched when it is first shown, so that a list costs what a list needs.
const views = [
  [/^\/$/, "overview", async () => (await import("./views/overview.js")).Overview],
  [/^\/(system|application)$/, (match) => match[1], async () => (await import("./views/vulnerabilities.js")).Vulnerabilities, (match) => ({ category: match[1] })],
  [/^\/samples$/, "samples", async () => (await import("./views/samples.js")).Samples],
  [/^\/images$/, "images", async () => (await import("./views/images.js")).Images],
  [/^\/scans$/, "scans", async () => (await import("./views/scans.js")).Scans],
  [/^\/suppressions$/, "suppressions", async () => (await import("./views/suppressions.js")).Suppressions],
  [/^\/vulnerability\/([^/]+)$/, "", async () => (await import("./views/vulnerability.js")).Vulnerability, named],
  [/^\/sample\/([^/]+)$/, "samples", async () => (await import("./views/sample.js")).Sample, named],
  [/^\/image\/([^/]+)$/, "images", async () => (await import("./views/image/page.js")).Image, named],
];
const dialogs = {
  scan: async () => (await import("./views/scan_dialog.js")).ScanDialog,
  suppress: async () => (await import("./views/suppress_dialog.js")).SuppressDialog,
  settings: async () => (await import("./views/settings_dialog.js")).SettingsDialog,
};
const sections = { overview: "/", system: "/system", application: "/application", samples: "/samples", images: "/images", suppressions: "/suppressions", scans: "/scans" };

const flag = new URL("./flag.svg", import.meta.url).href;

function named(match) {
  return { id: decodeURIComponent(match[1]) };
}

function viewOf(path) {
  for (const [pattern, section, load, props] of views) {
    const match = pattern.exec(path);
    if (match) return { section: typeof section === "function" ? section(match) : section, load, props: props?.(match) ?? {} };
  }
  return { section: "", load: missing, props: {} };
}

const missing = async () => MissingPage;

function MissingPage() {
  return html`<${PageHead} title=${text.missingPage.title} lead=${text.missingPage.body} /><p><a href="/">${text.missingPage.action}</a></p>`;
}

/** What a module exports, once it is there: loading and failing are said in words. */
function Fetched({ load, name, props }) {
  const [found, find] = useState(null);
  const fetchIt = () => load().then((view) => find({ load, view }), (problem) => find({ load, problem: { kind: "offline", detail: problem.message } }));
  useEffect(() => {
    fetchIt();
  }, [load]);
  if (found?.load !== load) return html`<${Loading} what=${name.toLowerCase()} />`;
  if (found.problem) return html`<${Failed} what=${name} problem=${found.problem} retry=${fetchIt} />`;
  return html`<${found.view} ...${props} />`;
}

/** A view that fails says so and leaves the rest of the page usable. */
class Guard extends Component {
  constructor() {
    super();
    this.state = { error: null };
  }

  componentDidCatch(error) {
    console.error(error);
    this.setState({ error });
  }

  render({ children }, { error }) {
    if (!error) return children;
    return html`<${Failed} what=${text.name} problem=${{ kind: "failed" }} retry=${() => this.setState({ error: null })} />`;
  }
}

function Sections({ chosen }) {
  return html`<nav aria-label=${text.navigation}><ul>${Object.entries(sections).map(([name, href]) => html`<li key=${name}>
    <a href=${href} aria-current=${name === chosen ? "page" : null}>${text.sections[name]}</a></li>`)}</ul></nav>`;
}

function ThemeChoice() {
  const [chosen, set] = useState(chosenTheme);
  const choose = (event) => {
    chooseTheme(event.target.value);
    set(event.target.value);
  };
  return html`<label class="theme">${text.theme.label}<select value=${chosen} onChange=${choose}>${themes.map((name) => html`<option key=${name} value=${name}>${text.theme[name]}</option>`)}</select></label>`;
}

function Side({ section }) {
  const [open, set] = useState(false);
  const { path } = useAddress();
  useEffect(() => set(false), [path]);
  return html`<header class=${`side ${open ? "open" : ""}`}>
    <div class="brand"><a href="/"><img src=${flag} alt="" width="28" height="28" /><span><b>${text.name}</b><small>${text.tagline}</small></span></a>
      <button type="button" class="bare menu" aria-expanded=${String(open)} aria-controls="side-body" onClick=${() => set(!open)}><${Icon} name="menu" /><span>${text.menu}</span></button></div>
    <div class="side-body" id="side-body">
      <${Sections} chosen=${section} />
      <div class="side-actions">
        <button type="button" class="primary" onClick=${() => openDialog("scan")}>${text.actions.scanNow}</button>
        <button type="button" onClick=${() => openDialog("settings")}>${text.actions.settings}</button>
        <${ThemeChoice} />
        ${signInNeeded() && html`<button type="button" onClick=${signOut}>${text.signOut}</button>`}
      </div>
    </div>
  </header>`;
}

/** A new page takes the focus to its title, as loading one does; a changed filter does not. */
function useTitle(path) {
  const settled = useRef(true);
  useEffect(() => {
    const main = document.getElementById("main");
    const tell = () => {
      const title = main.querySelector("h1");
      if (title) document.title = `${title.textContent.trim()} · ${text.name}`;
      return title;
    };
    const watch = new MutationObserver(() => {
      const title = tell();
      if (title && !settled.current) {
        title.focus({ preventScroll: true });
        settled.current = true;
      }
    });
    if (!settled.current) window.scrollTo(0, 0);
    watch.observe(main, { childList: true, subtree: true, characterData: true });
    tell();
    return () => {
      watch.disconnect();
      settled.current = false;
    };
  }, [path]);
}

function Opened() {
  const opened = useDialog();
  if (!opened) return null;
  return html`<${Guard}><${Fetched} load=${dialogs[opened.name]} name=${text.actions.show} props=${{ ...opened.options, close: () => openDialog(null) }} /><//>`;
}

export function App() {
  const { path } = useAddress();
  const view = viewOf(path);
  const notice = useNotice();
  useTitle(path);
  return html`<div class="shell" onClick=${followLinks}>
    <a class="skip" href="#main">${text.skip}</a>
    <${Side} section=${view.section} />
    <main id="main" tabindex="-1"><${Guard} key=${path}><${Fetched} load=${view.load} name=${text.name} props=${view.props} /><//></main>
    <div class="toast" role="status">${notice && html`<span>${notice}</span>`}</div>
    <${Opened} />
  </div>`;
}
