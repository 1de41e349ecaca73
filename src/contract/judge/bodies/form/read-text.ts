import { parseLargeJson } from "../../../../lib/json/large-json.ts";
import { type JsonOutcome, parseStrictJson } from "../../../../lib/json/strict-json.ts";
import { SMALL_BODY_BYTES } from "../../../model/bodies/operation-body.ts";
import { mayLoseDigits, parseExactJson } from "../../exact/numbers/exact-json.ts";
import { SCALARS } from "../../parameters/values/scalars.ts";
import { type FormOutcome, invalid, read } from "./form-field.ts";
import type { FormShape } from "./form-shape.ts";

/** A text is a string only if it can be nothing else. */
const IN_ORDER = ["integer", "number", "boolean", "string"] as const;

const EXPECTED: Readonly<Record<string, string>> = {
  integer: "a whole number, such as 12",
  number: "a number, such as 1.5",
  boolean: "true or false",
  object: "an object in JSON",
  array: "a list in JSON",
};

/** Reads a text as one of the types that `shape` allows. */
export async function readText(text: string, shape: FormShape, path: readonly string[]): Promise<FormOutcome> {
  const { types } = shape;
  if (types.size === 0) return read(text);
  if (types.has("null") && !types.has("string") && text === "") return read(null);
  if (types.has("object")) {
    const json = await parseJson(text);
    if (json.kind === "parsed" && typeof json.value === "object" && json.value !== null) return read(json.value);
  }
  for (const type of IN_ORDER) {
    const value = types.has(type) ? SCALARS[type](text) : undefined;
    if (value !== undefined) return read(value);
  }
  return invalid(path, `must be ${expectedOf(types)}`);
}

/** Reads a text of JSON. */
export async function readJsonText(text: string, path: readonly string[]): Promise<FormOutcome> {
  const json = await parseJson(text);
  return json.kind === "parsed" ? read(json.value) : invalid(path, "must be JSON, without a name twice in an object");
}

/** Numbers that no double holds are `ExactNumber`s. */
async function parseJson(text: string): Promise<JsonOutcome> {
  const bytes = Buffer.from(text);
  const isLarge = bytes.length > SMALL_BODY_BYTES;
  const outcome = isLarge
    ? await parseLargeJson(bytes, { characters: "in-names" })
    : parseStrictJson(bytes, "in-names");
  if (outcome.kind !== "parsed" || !mayLoseDigits(bytes)) return outcome;
  return { kind: "parsed", value: parseExactJson(text) };
}

export function expectedOf(types: ReadonlySet<string>): string {
  const words = [...types].flatMap((type) => EXPECTED[type] ?? []);
  return words.length === 0 ? "a text" : words.join(", or ");
}
