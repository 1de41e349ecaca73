import { KEYS_IN_TEXT } from "../keys/format.ts";

/** How keys of ours begin, of any brand, whole or not; in a text that holds other credentials, too. */
const BEGINS_LIKE_KEY = /[a-z][a-z0-9]{0,15}_(?:live|test)_/i;

/** Is this a key of ours, or one that was misspelt or cut off? */
export function looksLikeKey(text: string): boolean {
  return BEGINS_LIKE_KEY.test(text);
}

/** Might the header Authorization hold a key of ours, even a part of one? */
export function mayContainKey(authorization: string): boolean {
  return textsOf(authorization).some(looksLikeKey);
}

/** Does the header Authorization hold what looks like a whole key of ours? */
export function containsKey(authorization: string): boolean {
  return textsOf(authorization).some((text) => text.search(KEYS_IN_TEXT) >= 0);
}

/** What is in it, as it was sent, and decoded: some clients send their key as the user or the password of Basic. */
function textsOf(authorization: string): readonly string[] {
  // RFC 7617 §2.
  const [, encoded = ""] = /^basic\s+(.*)$/i.exec(authorization.trim()) ?? [];
  return [authorization, Buffer.from(encoded, "base64").toString("latin1")];
}
