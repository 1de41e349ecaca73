import { isRecord, type JsonObject } from "../../../src/contract/document/json.ts";
import { oneText, queryPairs } from "../../support/judges/serialized.ts";

/** A parameter in the query, as its style writes it. */
export function queryText(parameter: JsonObject, value: unknown): string {
  const pairs = queryPairs({ ...parameter, name: queryName(String(parameter["name"])) }, value, encodeURIComponent);
  return pairs.map(([name, text]) => `${name}=${text}`).join("&");
}

/** Clients leave brackets as they are, and encode the rest. */
function queryName(name: string): string {
  return encodeURIComponent(name).replaceAll("%5B", "[").replaceAll("%5D", "]");
}

/** A parameter in the path, with its values encoded and the characters of its style as they are. */
export function pathText(parameter: JsonObject, value: unknown): string {
  if (parameter["content"] !== undefined) return encodeURIComponent(oneText(parameter, value));
  return oneText(parameter, encodedIn(value));
}

function encodedIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(encodedIn);
  if (isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [encodeURIComponent(name), encodedIn(one)]));
  }
  return typeof value === "string" ? encodeURIComponent(value) : value;
}

/** Can the value be sent in a path, so that it is one segment and read as it was meant? */
export function isPathValue(value: unknown): boolean {
  const texts = [value].flat().map((one) => (typeof one === "object" ? JSON.stringify(one) : String(one)));
  const whole = texts.join(",");
  // A value that is encoded twice has a slash too (docs/your-contract.md, encodedSlash).
  return whole !== "" && !/^\.\.?$/.test(whole) && !/[/\\\0]|%2f|%5c/i.test(whole) && whole.isWellFormed();
}

/** Can the value be sent in a header as it is? */
export function isHeaderValue(text: string): boolean {
  return /^[!-~]+(?: [!-~]+)*$/.test(text);
}

/**
 * Does a parameter of this value read back as the same? Not where a list or object is empty, or where a part contains the
 * delimiter of its style: OpenAPI leaves open how those are written.
 */
export function isReadable(parameter: JsonObject, value: unknown): boolean {
  if (parameter["content"] !== undefined) return true;
  if (Array.isArray(value))
    return value.length > 0 && value.every((one) => isPlain(one) && !hasDelimiter(parameter, one));
  if (isRecord(value)) {
    const parts = Object.values(value);
    const isDeep = parameter["style"] === "deepObject";
    return parts.length > 0 && parts.every((one) => isPlain(one) && (isDeep || !hasDelimiter(parameter, one)));
  }
  return isPlain(value);
}

function isPlain(value: unknown): boolean {
  return value !== null && typeof value !== "object" && value !== "";
}

function hasDelimiter({ in: place, style, explode }: JsonObject, value: unknown): boolean {
  const isAlone = place === "query" && (explode ?? (style === undefined || style === "form")) === true;
  return !isAlone && /[,|;.= ]/.test(String(value));
}
