import { KEY_BEGINNING, KEYS_IN_TEXT } from "../keys/format.ts";

/** Does `text` look like one of our keys, perhaps misspelt or cut off? Other credentials do not. */
export function looksLikeKey(text: string): boolean {
  return JWT.test(text) ? hasWholeKey(text) : KEY_BEGINNING.test(text);
}

/** Might the header Authorization contain one of our keys, or a part of one? */
export function mayContainKey(authorization: string): boolean {
  return textsOf(authorization).some(looksLikeKey);
}

/** Does the header Authorization contain what looks like a whole key of ours? */
export function containsKey(authorization: string): boolean {
  return textsOf(authorization).some(hasWholeKey);
}

/**
 * A signed or encrypted token (RFC 7519), perhaps after the name of its scheme: the encoding of `{"` begins it. Chance
 * puts what begins like a key into one of some million such tokens, but never a whole key.
 */
const JWT = /^(?:[\w-]+ +)?eyJ[\w-]+(?:\.[\w-]*){2,4}$/;

function hasWholeKey(text: string): boolean {
  return text.search(KEYS_IN_TEXT) >= 0;
}

/** The header as sent, and with Basic decoded (RFC 7617 §2): some clients send a key as user name or password. */
function textsOf(authorization: string): readonly string[] {
  const [, encoded = ""] = /^basic\s+(.*)$/i.exec(authorization.trim()) ?? [];
  return [authorization, Buffer.from(encoded, "base64").toString("latin1")];
}
