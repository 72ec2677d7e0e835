// Begins: colours, signing in where it is needed, then the page.
import { App } from "./app.js";
import { Notice } from "./components/states.js";
import { html, render } from "./html.js";
import { prepareSignIn } from "./sign_in.js";
import { applyTheme } from "./state/theme.js";
import { text } from "./text.js";

applyTheme();
const place = document.getElementById("app");

function show(page) {
  place.replaceChildren(); // what stood there until now is not Preact's to replace
  render(page, place);
}

prepareSignIn().then(
  () => show(html`<${App} />`),
  (error) => show(html`<main class="alone"><h1>${text.name}</h1><${Notice} kind="failed" title=${text.problems.signIn} live><p>${error.message}</p>
    <button type="button" onClick=${() => location.assign("/")}>${text.actions.retry}</button><//></main>`),
);
