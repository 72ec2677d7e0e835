// A first page over the API: what was found, page by page.  Everything from the API is set as text, never as HTML.

const when = (text) => (text ? new Date(text).toLocaleString() : "never");

function row(cells) {
  const line = document.createElement("tr");
  for (const cell of cells) {
    const place = document.createElement("td");
    place.textContent = cell.text;
    if (cell.kind) place.className = cell.kind;
    line.append(place);
  }
  return line;
}

const vulnerability = (found) => row([
  { text: found.priority, kind: found.priority },
  { text: found.title ? `${found.id}: ${found.title}` : found.id },
  { text: found.category },
  { text: `${found.images.high} high, ${found.images.medium} medium, ${found.images.low} low` },
  { text: when(found.last_scan) },
]);

const sample = (found) => row([
  { text: found.level, kind: found.level },
  { text: found.name },
  { text: found.sha256 },
  { text: String(found.images_total) },
  { text: found.status },
]);

async function ask(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`the API answered ${answer.status}`);
  return answer.json();
}

function list(name, path, draw, nothing) {
  const body = document.getElementById(name);
  const state = document.getElementById(`${name}-state`);
  const more = document.getElementById(`${name}-more`);
  let cursor = null;
  async function load() {
    more.disabled = true;
    try {
      const page = await ask(`${path}?limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
      body.append(...page.items.map(draw));
      cursor = page.next_cursor;
      more.hidden = cursor === null;
      state.textContent = body.children.length || cursor ? "" : nothing;
    } catch (error) {
      state.textContent = `Not loaded: ${error.message}.`;
      more.hidden = false;
    } finally {
      more.disabled = false;
    }
  }
  more.addEventListener("click", load);
  return load();
}

async function overview() {
  const place = document.getElementById("overview");
  try {
    const { images, advisories } = await ask("/v1/overview");
    const data = advisories === null || advisories.starter ? "starter advisory data only" : `advisory data of ${when(advisories.built)}`;
    place.textContent = `Images: ${images.total}, of which ${images.scanned} scanned, ${images.unscanned} not scanned yet, ` +
      `${images.failed} failed; ${data}.`;
  } catch (error) {
    place.textContent = `The overview was not loaded: ${error.message}.`;
  }
}

await Promise.all([
  overview(),
  list("vulnerabilities", "/v1/vulnerabilities", vulnerability, "No vulnerability is known in the images scanned so far."),
  list("samples", "/v1/samples", sample, "No malicious sample is known in the images scanned so far."),
]);
