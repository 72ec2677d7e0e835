// Signing in: authorization code with PKCE (RFC 7636) at the issuer that the deployment names; none on one machine.
// The access token stays in this tab's sessionStorage and in nothing that outlives it.

const TOKEN = "pratique.token";
const PENDING = "pratique.signing-in";
let settings = { sign_in: null };

const encoded = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const random = () => encoded(crypto.getRandomValues(new Uint8Array(32)));
const home = () => `${location.origin}/`;

/** The token to send, or nothing where there is none or it has run out. */
export function accessToken() {
  const kept = JSON.parse(sessionStorage.getItem(TOKEN) ?? "null");
  return kept && kept.until > Date.now() ? kept.token : "";
}

/** Whether the deployment asks people to sign in. */
export const signInNeeded = () => settings.sign_in !== null;

/** Leave for the issuer's page; answers false where the deployment has none. */
export async function signIn() {
  const issuer = settings.sign_in;
  if (!issuer) return false;
  sessionStorage.removeItem(TOKEN);
  const pending = { state: random(), verifier: random(), back: location.pathname + location.search };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(pending.verifier)));
  const query = new URLSearchParams({
    response_type: "code", client_id: issuer.client_id, redirect_uri: home(), scope: issuer.scope,
    state: pending.state, code_challenge: encoded(digest), code_challenge_method: "S256",
  });
  location.assign(`${issuer.authorization_endpoint}?${query}`);
  return true;
}

/** Forget the token and end the session at the issuer, where it has an address for that. */
export function signOut() {
  sessionStorage.removeItem(TOKEN);
  const issuer = settings.sign_in;
  if (issuer?.end_session_endpoint) {
    const query = new URLSearchParams({ client_id: issuer.client_id, logout_uri: home(), post_logout_redirect_uri: home() });
    location.assign(`${issuer.end_session_endpoint}?${query}`);
  } else location.assign(home());
}

async function redeem(code, pending) {
  const issuer = settings.sign_in;
  const body = new URLSearchParams({
    grant_type: "authorization_code", code, client_id: issuer.client_id, redirect_uri: home(), code_verifier: pending.verifier,
  });
  const answer = await fetch(issuer.token_endpoint, { method: "POST", body });
  if (!answer.ok) throw new Error(`the sign-in service answered ${answer.status}`);
  const granted = await answer.json();
  const until = Date.now() + (Number(granted.expires_in) || 3600) * 1000 - 30_000;
  sessionStorage.setItem(TOKEN, JSON.stringify({ token: granted.access_token, until }));
}

async function finish(query) {
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? "null");
  sessionStorage.removeItem(PENDING);
  // An answer to a question that this tab did not ask is somebody else's.
  if (!pending || pending.state !== query.get("state")) throw new Error("the sign-in was not begun in this tab");
  if (query.has("error")) throw new Error(query.get("error_description") ?? query.get("error"));
  await redeem(query.get("code"), pending);
  history.replaceState(history.state, "", pending.back);
}

/** Read how to sign in, finish a sign-in that comes back, begin one where it is needed.  Throws where it fails. */
export async function prepareSignIn() {
  const answer = await fetch("/console.json");
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.detail ?? `the console's settings answered ${answer.status}`);
  settings = body;
  if (!settings.sign_in) return;
  const query = new URLSearchParams(location.search);
  if (query.has("state") && (query.has("code") || query.has("error"))) await finish(query);
  else if (!accessToken()) {
    await signIn();
    await new Promise(() => {}); // the page is being left
  }
}
