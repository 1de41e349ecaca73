import { type JsonObject, resolve } from "../contract/document/json.ts";
import { type FoundOperation, parametersOf } from "../contract/model/operations.ts";
import type { CompiledSchemas, IsSure } from "./compiled-schemas.ts";

export type Parameters = {
  readonly query: Readonly<Record<string, unknown>>;
  readonly path: Readonly<Record<string, unknown>>;
};

/**
 * Reads the parameters of a request as the validator would leave them.
 * @param query without the question mark.
 * @returns undefined where only the validator can tell what they are, or whether they are valid.
 */
export type ReadParameters = (query: string, pathParams: Readonly<Record<string, string>>) => Parameters | undefined;

/** Types whose text means one thing. What the contract says of them is checked behind this. */
const SCALARS = {
  string: (text: string) => text,
  integer: (text: string) => (INTEGER.test(text) ? Number(text) : undefined),
  number: (text: string) => (NUMBER.test(text) ? Number(text) : undefined),
  boolean: (text: string) => (text === "true" || text === "false" ? text === "true" : undefined),
} as const;

// Within the whole numbers that are exact, and without a zero below zero.
const INTEGER = /^(?:0|-?[1-9]\d{0,14})$/;
const NUMBER = /^(?:0|-?[1-9]\d{0,11})(?:\.\d{1,3})?$/;

/** Unreserved characters (RFC 3986 §2.3): they need no decoding, so nobody can read them otherwise. */
const PLAIN = /^[A-Za-z0-9\-._~]+$/;

/** In a query those, too, that mean themselves there (RFC 3986 §3.4); a `+` means a blank, and is left to the validator. */
const PLAIN_IN_QUERY = /^[A-Za-z0-9\-._~:@*'()!,;/?$]+$/;

type Reader = (text: string) => unknown;

/** @returns undefined when requests for this operation always have something that only the validator can judge. */
export function compiledParameters(
  document: JsonObject,
  found: FoundOperation,
  schemas: CompiledSchemas,
): ReadParameters | undefined {
  const query = new Map<string, Reader | undefined>();
  const path = new Map<string, Reader>();
  const required: string[] = [];
  const defaults: [string, unknown][] = [];
  for (const one of parametersOf(document, found)) {
    const { in: place, required: isRequired } = one.parameter;
    const name = String(one.parameter["name"]);
    const { type, default: fallback } = resolve(document, one.parameter["schema"]) ?? {};
    const isSure = isScalar(type) ? schemas.ofRequest([...one.place, "schema"]) : undefined;
    const reader = isScalar(type) && isSure ? checked(SCALARS[type], isSure) : undefined;
    if (place === "path" && reader) path.set(name, reader);
    else if (place === "query" && reader && (fallback === undefined || isSure?.(fallback))) {
      query.set(name, reader);
      if (isRequired === true) required.push(name);
      else if (fallback !== undefined) defaults.push([name, fallback]);
    }
    // Of those that it cannot read, the validator does nothing about a list that is not sent.
    else if (place === "query" && type === "array" && isRequired !== true && fallback === undefined) {
      query.set(name, undefined);
    }
    // Whoever sends a declared header goes the way of all others; see `readHead`.
    else if (place !== "header" || isRequired === true) return undefined;
  }

  return (text, pathParams) => {
    const ofQuery = readQuery(text, query);
    const ofPath = readPath(pathParams, path);
    if (ofQuery === undefined || ofPath === undefined) return undefined;
    for (const name of required) if (!(name in ofQuery)) return undefined;
    for (const [name, fallback] of defaults) ofQuery[name] ??= fallback;
    return { query: ofQuery, path: ofPath };
  };
}

/** As Node reads them: without a prototype. */
function emptyQuery(): Record<string, unknown> {
  return Object.create(null);
}

function readQuery(text: string, readers: ReadonlyMap<string, Reader | undefined>) {
  const query = emptyQuery();
  if (text === "") return query;
  // One more than there can be: that one has a name that is unknown, or was there before.
  for (const pair of text.split("&", readers.size + 1)) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at);
    const value = pair.slice(at + 1);
    if (at <= 0 || name in query || !PLAIN_IN_QUERY.test(value)) return undefined;
    const read = readers.get(name)?.(value);
    if (read === undefined) return undefined;
    query[name] = read;
  }
  return query;
}

function readPath(pathParams: Readonly<Record<string, string>>, readers: ReadonlyMap<string, Reader>) {
  const path: Record<string, unknown> = {};
  for (const [name, read] of readers) {
    const text = pathParams[name] ?? "";
    const value = PLAIN.test(text) ? read(text) : undefined;
    if (value === undefined) return undefined;
    path[name] = value;
  }
  return path;
}

function isScalar(type: unknown): type is keyof typeof SCALARS {
  return typeof type === "string" && Object.hasOwn(SCALARS, type);
}

function checked(read: Reader, isSure: IsSure): Reader {
  return (text) => {
    const value = read(text);
    return value !== undefined && isSure(value) ? value : undefined;
  };
}
