import { KEY_BEGINNING, KEYS_IN_TEXT } from "../keys/format.ts";

/** Does `text` look like one of our keys, perhaps misspelt or cut off? Other credentials do not. */
export function looksLikeKey(text: string): boolean {
  return KEY_BEGINNING.test(text);
}

/** Might the header Authorization contain one of our keys, or a part of one? */
export function mayContainKey(authorization: string): boolean {
  return textsOf(authorization).some(looksLikeKey);
}

/** Does the header Authorization contain what looks like a whole key of ours? */
export function containsKey(authorization: string): boolean {
  return textsOf(authorization).some((text) => text.search(KEYS_IN_TEXT) >= 0);
}

/** The header as sent, and with Basic decoded (RFC 7617 §2): some clients send a key as user name or password. */
function textsOf(authorization: string): readonly string[] {
  const [, encoded = ""] = /^basic\s+(.*)$/i.exec(authorization.trim()) ?? [];
  return [authorization, Buffer.from(encoded, "base64").toString("latin1")];
}
