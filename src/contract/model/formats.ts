import { fullFormats } from "ajv-formats/dist/formats.js";

/**
 * Is `text` an absolute URL of http, https or ftp? It replaces Ajv's expression for the format `url`, which takes
 * minutes for 60 KB of colons.
 */
export function isUrl(text: string): boolean {
  return /^(?:https?|ftp):\/\/\S+$/i.test(text) && URL.canParse(text);
}

/** The check of each `format`, the same wherever a schema is checked. */
export const FORMATS = { ...fullFormats, url: isUrl };
