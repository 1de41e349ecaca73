import { crc32 } from "node:zlib";
import { toBase62 } from "../lib/random.ts";
import type { Environment } from "./key.ts";

/** 62^32 texts: 190 bits. */
export const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;

/** What may stand before the first underscore of a key. */
export const BRAND = /^[a-z][a-z0-9]{0,15}$/;

const KEY = /^[a-z][a-z0-9]{0,15}_(live|test)_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/;

/** Finds anything shaped like a key, of any brand, inside other text; for blacking it out. */
export const KEYS_IN_TEXT = /[a-z][a-z0-9]{0,15}_(?:live|test)_[0-9A-Za-z]{38}/g;

/** Could there be a key inside? Quickly said: most texts have none of what every key has. */
export function mayContainKeys(text: string): boolean {
  return text.includes("_live_") || text.includes("_test_");
}

/** Blacks out anything shaped like a key. */
export function redactKeys(text: string): string {
  return mayContainKeys(text) ? text.replace(KEYS_IN_TEXT, "[redacted]") : text;
}

export type ParsedKey = { readonly environment: Environment; readonly text: string };

/** The text of a key: `<brand>_<environment>_<32 random><6 checksum>`, only characters that a double click selects. */
export function composeKey(brand: string, environment: Environment, random: string): string {
  return `${brand}_${environment}_${random}${checksumOf(environment, random)}`;
}

/** Reads a presented key, or returns undefined when it cannot be one of ours: most junk ends here, without a look-up. */
export function parseKey(presented: string): ParsedKey | undefined {
  const [, environment, random, checksum] = KEY.exec(presented) ?? [];
  if (environment === undefined || random === undefined) return undefined;
  if (checksum !== checksumOf(environment, random)) return undefined;

  return { environment: environment as Environment, text: presented };
}

// Without the brand, so that keys go on working when the brand changes.
function checksumOf(environment: string, random: string): string {
  return toBase62(crc32(environment + random), CHECKSUM_LENGTH);
}
