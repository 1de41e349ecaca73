import { crc32 } from "node:zlib";
import { toBase62 } from "../lib/random.ts";
import { ENVIRONMENTS, type Environment } from "./key.ts";

/** 62^32 possible texts: 190 bits. */
export const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;

// The shape of a brand is defined here only; everything below and the setting use it.
const BRAND_SHAPE = "[a-z][a-z0-9]{0,15}";
const ENVIRONMENT_SHAPE = ENVIRONMENTS.join("|");

/** The part of a key before its first underscore. */
export const BRAND_FORMAT = new RegExp(`^${BRAND_SHAPE}$`);

/** The beginning of a key of any brand, anywhere in a text, in upper or lower case: of a whole key or a damaged one. */
export const KEY_BEGINNING = new RegExp(`${BRAND_SHAPE}_(?:${ENVIRONMENT_SHAPE})_`, "i");

const KEY = new RegExp(
  `^${BRAND_SHAPE}_(${ENVIRONMENT_SHAPE})_([0-9A-Za-z]{${RANDOM_LENGTH}})([0-9A-Za-z]{${CHECKSUM_LENGTH}})$`,
);

/** Finds everything in a text that has the shape of a key, of any brand: for redaction. */
export const KEYS_IN_TEXT = new RegExp(
  `${BRAND_SHAPE}_(?:${ENVIRONMENT_SHAPE})_[0-9A-Za-z]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}`,
  "g",
);

/** A quick check: false if `text` certainly contains no key. */
export function mayContainKeys(text: string): boolean {
  return text.includes("_live_") || text.includes("_test_");
}

/** Redacts everything that has the shape of a key. */
export function redactKeys(text: string): string {
  return mayContainKeys(text) ? text.replace(KEYS_IN_TEXT, "[redacted]") : text;
}

export type ParsedKey = { readonly environment: Environment; readonly text: string };

/**
 * The text of a key: `<brand>_<environment>_<32 random characters><6 characters of checksum>`. A double click selects
 * all of it.
 */
export function composeKey(brand: string, environment: Environment, random: string): string {
  return `${brand}_${environment}_${random}${checksumOf(environment, random)}`;
}

/**
 * Parses a presented key; undefined if it was certainly never issued here. Most junk is refused so, without a look-up.
 */
export function parseKey(presented: string): ParsedKey | undefined {
  const [, environment, random, checksum] = KEY.exec(presented) ?? [];
  if (environment === undefined || random === undefined) return undefined;
  if (checksum !== checksumOf(environment, random)) return undefined;

  // The expression allows no other environments.
  return { environment: environment as Environment, text: presented };
}

// Without the brand, so that keys keep working when the brand changes.
function checksumOf(environment: string, random: string): string {
  return toBase62(crc32(environment + random), CHECKSUM_LENGTH);
}
