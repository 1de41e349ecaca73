const DEEPEST = 32;

/** Why a text is not taken for JSON; none of these quotes the text. */
export type JsonObjection = "encoding" | "syntax" | "duplicate-name" | "characters" | "depth";

export type JsonOutcome =
  | { readonly kind: "parsed"; readonly value: unknown }
  | { readonly kind: "refused"; readonly objection: JsonObjection };

/**
 * Reads JSON the way of I-JSON (RFC 7493 §2): valid UTF-8 without a byte order mark, no name twice in an object, no
 * lone surrogate, and besides no U+0000 and no nesting deeper than 32. `JSON.parse` accepts each of these, and so two
 * programs on a request's way could read different things in it.
 */
export function parseStrictJson(bytes: Uint8Array): JsonOutcome {
  const text = decode(bytes);
  if (text === undefined) return refused("encoding");
  const value = parse(text);
  if (value === undefined) return refused("syntax");

  const objection = objectionTo(text);
  return objection === undefined ? { kind: "parsed", value } : refused(objection);
}

function refused(objection: JsonObjection): JsonOutcome {
  return { kind: "refused", objection };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** JSON has no undefined, so it can stand for «no JSON». */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// In a text that JSON.parse accepted these are all that matter: strings, and what opens and closes.
const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;

function objectionTo(text: string): JsonObjection | undefined {
  /** The names of each open object; null for an open array. */
  const open: (Set<string> | null)[] = [];
  for (const [token, colon] of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") open.push(token === "{" ? new Set() : null);
    else if (token === "}" || token === "]") open.pop();
    else {
      const string: string = JSON.parse(colon === undefined ? token : token.slice(0, -colon.length));
      if (string.includes("\0") || !string.isWellFormed()) return "characters";
      const names = colon === undefined ? undefined : open.at(-1);
      if (names?.has(string)) return "duplicate-name";
      names?.add(string);
    }
    if (open.length > DEEPEST) return "depth";
  }
  return undefined;
}
