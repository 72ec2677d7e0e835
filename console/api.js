// The client of /v1: JSON in and out, problems (RFC 9457) as one kind of error, the token where there is one.
import { accessToken, signIn } from "./sign_in.js";

/** What went wrong: `kind` is offline, forbidden, missing, invalid, conflict, busy or failed. */
export class Problem extends Error {
  constructor(kind, { status = 0, detail = "", errors = [] } = {}) {
    super(detail || kind);
    Object.assign(this, { kind, status, detail, errors });
  }
}

const kinds = { 400: "invalid", 401: "signedOut", 403: "forbidden", 404: "missing", 409: "conflict", 412: "conflict", 413: "invalid", 422: "invalid", 428: "conflict", 429: "busy", 503: "busy" };

/** The address of an API resource; an array gives the parameter once for each value. */
export function addressOf(path, query = {}) {
  const kept = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== "" && value !== null && value !== undefined) kept.set(name, value);
  }
  const text = kept.toString();
  return `/v1${path}${text ? `?${text}` : ""}`;
}

async function problemOf(answer) {
  const body = await answer.json().catch(() => ({}));
  return new Problem(kinds[answer.status] ?? "failed", { status: answer.status, detail: body.detail ?? body.message, errors: body.errors });
}

async function send(path, { method = "GET", query, body, headers = {}, signal } = {}) {
  const token = accessToken();
  const sent = { accept: "application/json", ...headers };
  if (token) sent.authorization = `Bearer ${token}`;
  if (body !== undefined) sent["content-type"] = "application/json";
  let answer;
  try {
    answer = await fetch(addressOf(path, query), { method, signal, headers: sent, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem("offline");
  }
  if (answer.status === 401 && (await signIn())) await new Promise(() => {}); // the page is being left
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

/** Ask and return the answer's body; throws Problem. */
export async function ask(path, options) {
  const answer = await send(path, options);
  if (answer.status === 204) return null;
  performance.mark("api-answer", { detail: path });
  return answer.json();
}

/** Ask and return body and ETag, for what is changed under optimistic locking; throws Problem. */
export async function askTagged(path, options) {
  const answer = await send(path, options);
  return { body: await answer.json(), tag: answer.headers.get("etag") ?? "" };
}

/** Ask for a file and return its text and media type; throws Problem. */
export async function askFile(path, options) {
  const answer = await send(path, { headers: { accept: "*/*" }, ...options });
  return { body: await answer.text(), type: answer.headers.get("content-type") ?? "text/plain" };
}

/** Hand a text to the browser as a download. */
export function save(body, { name, type }) {
  const address = URL.createObjectURL(new Blob([body], { type }));
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** The API's path of one image, whose ID is one segment. */
export const imagePath = (id) => `/images/${encodeURIComponent(id)}`;
