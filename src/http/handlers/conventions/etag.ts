import { hash } from "node:crypto";

const LENGTH = 22;

/**
 * The strong ETag of a view (RFC 9110 §8.8.3). It changes whenever anything in the view changes, for example when a key
 * expires.
 */
export function etagOf(view: object): string {
  return `"${hash("sha256", JSON.stringify(view), "base64url").slice(0, LENGTH)}"`;
}

/** Whether this is a valid value of If-Match (RFC 9110 §13.1.1): quoted entity tags separated by commas, or `*`. */
export function isEntityTagList(ifMatch: string): boolean {
  return /^(?:\*|(?:W\/)?"[!#-~]*"(?:, ?(?:W\/)?"[!#-~]*")*)$/.test(ifMatch);
}

/** Whether the value of If-Match names `etag`; a weak one never matches (RFC 9110 §13.1.1). */
export function matchesEtag(ifMatch: string, etag: string): boolean {
  return ifMatch === "*" || ifMatch.split(",").some((named) => named.trim() === etag);
}
