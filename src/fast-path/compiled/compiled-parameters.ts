import type { OpenApiDocument } from "../../contract/document/openapi-document.ts";
import type { FoundOperation } from "../../contract/model/outline.ts";
import type { CompiledCheck, CompiledSchemas } from "./compiled-schemas.ts";

export type Parameters = {
  readonly query: Readonly<Record<string, unknown>>;
  readonly path: Readonly<Record<string, unknown>>;
};

/**
 * Reads the parameters of a request as the validator would leave them: converted, with defaults.
 * @param query without the question mark.
 * @returns undefined when they may be invalid, or when only the validator can tell.
 */
export type ReadParameters = (query: string, pathParams: Readonly<Record<string, string>>) => Parameters | undefined;

/** Types whose text can be read in one way only. The schema of the parameter is checked afterwards. */
const SCALARS = {
  string: (text: string) => text,
  integer: (text: string) => (INTEGER.test(text) ? Number(text) : undefined),
  number: (text: string) => (NUMBER.test(text) ? Number(text) : undefined),
  boolean: (text: string) => (text === "true" || text === "false" ? text === "true" : undefined),
} as const;

// Only numbers that JavaScript holds exactly, and no negative zero.
const INTEGER = /^(?:0|-?[1-9]\d{0,14})$/;
const NUMBER = /^(?:0|-?[1-9]\d{0,11})(?:\.\d{1,3})?$/;

/** Unreserved characters (RFC 3986 §2.3): they need no decoding, so every reader sees the same value. */
const PLAIN = /^[A-Za-z0-9\-._~]+$/;

/**
 * A query may also contain these as they are (RFC 3986 §3.4). Not `+`, which means a space: the validator decodes it.
 */
const PLAIN_IN_QUERY = /^[A-Za-z0-9\-._~:@*'()!,;/?$]+$/;

type Reader = (text: string) => unknown;

/** @returns undefined when every request for this operation needs the validator. */
export function compileParameters(
  { resolve }: OpenApiDocument,
  { parameters }: FoundOperation,
  schemas: CompiledSchemas,
): ReadParameters | undefined {
  const query = new Map<string, Reader | undefined>();
  const path = new Map<string, Reader>();
  const required: string[] = [];
  const defaults: [string, unknown][] = [];
  for (const one of parameters) {
    const { in: place, required: isRequired } = one.parameter;
    const name = String(one.parameter["name"]);
    const { type, default: fallback } = resolve(one.parameter["schema"]) ?? {};
    const isValid = isScalar(type) ? schemas.ofRequest([...one.place, "schema"]) : undefined;
    const reader = isScalar(type) && isValid ? checked(SCALARS[type], isValid) : undefined;
    if (place === "path" && reader) path.set(name, reader);
    else if (place === "query" && reader && (fallback === undefined || isValid?.(fallback))) {
      query.set(name, reader);
      if (isRequired === true) required.push(name);
      else if (fallback !== undefined) defaults.push([name, fallback]);
    }
    // An optional list is not read here: without it the fast path is safe, with it the request goes to the stages.
    else if (place === "query" && type === "array" && isRequired !== true && fallback === undefined) {
      query.set(name, undefined);
    }
    // Optional headers too: `readHead` leaves requests that have them to the stages.
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

/** Without a prototype, as Node parses queries. */
function emptyQuery(): Record<string, unknown> {
  return Object.create(null);
}

function readQuery(text: string, readers: ReadonlyMap<string, Reader | undefined>) {
  const query = emptyQuery();
  if (text === "") return query;
  // One pair more than there are names, so that a surplus pair is seen: its name is unknown or a repetition.
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

function checked(read: Reader, isValid: CompiledCheck): Reader {
  return (text) => {
    const value = read(text);
    return value !== undefined && isValid(value) ? value : undefined;
  };
}
