// Every open vulnerability of one image, page by page to the end.
import { ask, imagePath } from "../../api.js";

/** Answers all of them; throws Problem. */
export async function allFindings(id, query, signal) {
  const found = [];
  for (let cursor = ""; cursor !== null; ) {
    const page = await ask(`${imagePath(id)}/findings`, { query: { ...query, limit: 100, cursor }, signal });
    found.push(...page.items);
    cursor = page.next_cursor ?? null;
  }
  return found;
}
