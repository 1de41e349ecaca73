import { isRecord, type JsonObject } from "../../../src/contract/document/json.ts";

/** A part of a request: names and values of a query or of cookies, or one text. */
export type Pair = readonly [name: string, value: string];

type Encode = (text: string) => string;

/** A parameter in a query, as its style writes `value` (OpenAPI 3.1.1 §4.8.12.4). */
export function queryPairs({ name, style, explode, content }: JsonObject, value: unknown, encode: Encode): Pair[] {
  const key = String(name);
  if (content !== undefined) return [[key, encode(JSON.stringify(value ?? null))]];
  if (style === "deepObject") return deepPairs(key, value, encode);
  const isExploded = explode ?? (style === undefined || style === "form");
  const delimiter = style === "spaceDelimited" ? "%20" : style === "pipeDelimited" ? "%7C" : ",";
  if (Array.isArray(value)) {
    const items = value.map((one) => encode(textOf(one)));
    return isExploded === true ? items.map((item) => [key, item]) : [[key, items.join(delimiter)]];
  }
  if (isRecord(value)) {
    const pairs = Object.entries(value).map(([part, one]) => [encode(part), encode(textOf(one))] as const);
    if (isExploded === true) return Object.entries(value).flatMap(([part, one]) => listPairs(part, one, encode));
    return [[key, pairs.flat().join(delimiter)]];
  }
  return [[key, encode(textOf(value))]];
}

function listPairs(name: string, value: unknown, encode: Encode): Pair[] {
  return [value].flat().map((one) => [encode(name), encode(textOf(one))]);
}

function deepPairs(name: string, value: unknown, encode: Encode): Pair[] {
  if (Array.isArray(value) && !value.some(isRecord)) return value.map((one) => [`${name}[]`, encode(textOf(one))]);
  if (!isRecord(value) && !Array.isArray(value)) return [[name, encode(textOf(value))]];
  return Object.entries(value).flatMap(([part, one]) => deepPairs(`${name}[${encode(part)}]`, one, encode));
}

/** A parameter that is one text, in a path, a header or a cookie. */
export function oneText({ name, style = "simple", explode, content }: JsonObject, value: unknown): string {
  if (content !== undefined) return JSON.stringify(value ?? null);
  const [before, between] = FORMS[String(style)]?.(String(name), explode === true) ?? ["", ","];
  const assigned = style === "matrix" && !(explode === true && isRecord(value)) ? `;${name}=` : before;
  if (Array.isArray(value)) {
    const delimiter = style === "matrix" && explode === true ? `;${name}=` : between;
    return assigned + value.map(textOf).join(delimiter);
  }
  if (!isRecord(value)) return assigned + textOf(value);
  const entries = Object.entries(value);
  if (explode === true) return before + entries.map(([part, one]) => `${part}=${textOf(one)}`).join(between);
  return assigned + entries.flatMap(([part, one]) => [part, textOf(one)]).join(",");
}

/** What stands before the first part, and between the parts. */
const FORMS: Readonly<Record<string, (name: string, explode: boolean) => readonly [string, string]>> = {
  label: (_name, explode) => [".", explode ? "." : ","],
  matrix: (_name, explode) => [";", explode ? ";" : ","],
};

function textOf(value: unknown): string {
  if (typeof value === "string") return value.toWellFormed();
  return value === null ? "" : isRecord(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
}
