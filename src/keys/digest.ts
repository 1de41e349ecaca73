import { hash, timingSafeEqual } from "node:crypto";

/**
 * The SHA-256 of a key's text, prefixed with the algorithm. A slow password hash would gain nothing: the text
 * holds 190 random bits, too many for any dictionary (OWASP ASVS 5.0 §6.5.2).
 */
export function digestOf(text: string): string {
  return `sha256:${hash("sha256", text, "hex")}`;
}

/** Compares two digests in constant time (OWASP ASVS 5.0 §11.2.4). */
export function isSameDigest(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
