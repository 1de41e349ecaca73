import type { JsonObject } from "../document/json.ts";

/** These header parameters are ignored (OpenAPI 3.1.1 §4.8.12.2): other parts of the contract describe the headers. */
const IGNORED_HEADERS = ["accept", "content-type", "authorization"];

export function isIgnoredHeader({ in: place, name }: JsonObject): boolean {
  return place === "header" && IGNORED_HEADERS.includes(String(name).toLowerCase());
}

/** Is the content of a parameter JSON? @param mediaType as declared, perhaps with parameters. */
export function isJsonContent(mediaType: string): boolean {
  return /[/+]json\s*(?:;|$)/i.test(mediaType);
}
