/** The length from which a part is handed over, in characters. */
const PART = 65_536;

/**
 * What `JSON.stringify(value)` returns, in parts: the text of a large document would take twice its memory.
 * @param levels how deeply objects are taken apart. What is below becomes text at once.
 */
export function* jsonParts(value: unknown, levels: number): Generator<string> {
  let part = "";
  for (const piece of pieces(value, levels)) {
    part += piece;
    if (part.length < PART) continue;
    yield part;
    part = "";
  }
  if (part !== "") yield part;
}

function* pieces(value: unknown, levels: number): Generator<string> {
  if (levels === 0 || typeof value !== "object" || value === null || Array.isArray(value)) {
    yield JSON.stringify(value) ?? "null";
    return;
  }
  let separator = "{";
  for (const [name, child] of Object.entries(value)) {
    // As JSON.stringify leaves it out.
    if (child === undefined) continue;
    yield `${separator}${JSON.stringify(name)}:`;
    yield* pieces(child, levels - 1);
    separator = ",";
  }
  yield separator === "{" ? "{}" : "}";
}
