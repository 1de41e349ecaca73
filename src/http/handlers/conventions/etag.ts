import { hash } from "node:crypto";

const LENGTH = 22;

/**
 * The strong validator of what is shown (RFC 9110 §8.8.3): another one whenever anything about it is different, so too
 * when a key has expired meanwhile.
 */
export function etagOf(view: object): string {
  return `"${hash("sha256", JSON.stringify(view), "base64url").slice(0, LENGTH)}"`;
}

/** Whether the field value of If-Match is one (RFC 9110 §13.1.1): quoted entity tags between commas, or `*`. */
export function isEntityTags(ifMatch: string): boolean {
  return /^(?:\*|(?:W\/)?"[!#-~]*"(?:, ?(?:W\/)?"[!#-~]*")*)$/.test(ifMatch);
}

/** Whether the field value of If-Match names `etag`; weak validators never do (RFC 9110 §13.1.1). */
export function isNamedBy(ifMatch: string, etag: string): boolean {
  return ifMatch === "*" || ifMatch.split(",").some((named) => named.trim() === etag);
}
