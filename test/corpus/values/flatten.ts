import { asList, asRecord, isRecord, type JsonObject } from "../../../src/contract/document/json.ts";
import { boundsOf, type Dialect, nameOf, schemaOf } from "./dialect.ts";
import type { Random } from "./random.ts";

/** One choice of a schema: its references followed, `allOf` joined, and one branch of each `anyOf` and `oneOf`. */
export type Flat = {
  readonly keywords: JsonObject;
  readonly properties: ReadonlyMap<string, readonly unknown[]>;
  readonly required: ReadonlySet<string>;
  readonly items: readonly unknown[];
  /** The values that discriminators ask for, by property. */
  readonly named: ReadonlyMap<string, string>;
  readonly example: unknown;
};

type Draft = {
  keywords: Record<string, unknown>;
  properties: Map<string, unknown[]>;
  required: Set<string>;
  items: unknown[];
  named: Map<string, string>;
  example: unknown;
};

const JOINED = ["properties", "required", "items", "allOf", "anyOf", "oneOf", "discriminator", "enum"];

export function flatten(dialect: Dialect, written: unknown, random: Random): Flat {
  const draft: Draft = {
    keywords: {},
    properties: new Map(),
    required: new Set(),
    items: [],
    named: new Map(),
    example: undefined,
  };
  add(draft, written, { dialect, random, depth: 0 });
  return draft;
}

type Context = { readonly dialect: Dialect; readonly random: Random; readonly depth: number };

/** Deeper, parts refer to each other without end. */
const MOST_PARTS_DEEP = 30;

function add(draft: Draft, written: unknown, { depth, ...context }: Context) {
  const { dialect } = context;
  const inner = { ...context, depth: depth + 1 };
  const schema = schemaOf(dialect, written);
  if (schema === undefined || depth > MOST_PARTS_DEEP) return;
  addKeywords(draft, schema);
  for (const [name, property] of Object.entries(asRecord(schema["properties"]))) {
    draft.properties.set(name, [...(draft.properties.get(name) ?? []), property]);
  }
  for (const name of asList(schema["required"])) draft.required.add(String(name));
  if (schema["items"] !== undefined) draft.items.push(schema["items"]);
  addName(draft, schema, written);
  for (const part of asList(schema["allOf"])) add(draft, part, inner);
  for (const keyword of ["anyOf", "oneOf"]) addBranch(draft, schema, keyword, inner);
}

function addKeywords(draft: Draft, schema: JsonObject) {
  const { keywords } = draft;
  for (const [keyword, value] of Object.entries(schema)) {
    if (!JOINED.includes(keyword)) keywords[keyword] = tighter(keyword, keywords[keyword], value);
  }
  const values = schema["enum"];
  if (Array.isArray(values)) {
    const others = keywords["enum"];
    keywords["enum"] = Array.isArray(others) ? values.filter((one) => others.includes(one)) : values;
  }
  Object.assign(keywords, definedIn(boundsOf(schema)));
  draft.example ??= schema["example"] ?? asList(schema["examples"])[0];
}

function definedIn(values: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function tighter(keyword: string, known: unknown, value: unknown): unknown {
  if (typeof known !== "number" || typeof value !== "number") return known ?? value;
  return keyword.startsWith("max") ? Math.min(known, value) : Math.max(known, value);
}

/** A schema with a discriminator of its own, as the base of others, stands for itself. */
function addName(draft: Draft, { discriminator, oneOf, anyOf }: JsonObject, written: unknown) {
  const { propertyName, mapping } = asRecord(discriminator);
  if (typeof propertyName !== "string" || oneOf !== undefined || anyOf !== undefined) return;
  const name = nameOf(written);
  if (name !== undefined) draft.named.set(propertyName, keyFor(asRecord(mapping), written, name));
}

/** The value of the discriminator for the schema `written`. */
function keyFor(mapping: JsonObject, written: unknown, name: string): string {
  const { $ref } = asRecord(written);
  return Object.entries(mapping).find(([, target]) => target === $ref || target === name)?.[0] ?? name;
}

function addBranch(draft: Draft, schema: JsonObject, keyword: string, context: Context) {
  const branches = asList(schema[keyword]);
  if (branches.length === 0) return;
  const branch = context.random.pick(branches);
  const { propertyName, mapping } = asRecord(schema["discriminator"]);
  const name = nameOf(branch);
  if (typeof propertyName === "string" && name !== undefined) {
    draft.named.set(propertyName, keyFor(asRecord(mapping), branch, name));
  }
  // A branch often repeats the type, and otherwise has the last word.
  if (isRecord(branch)) delete draft.keywords["type"];
  const type = schema["type"];
  add(draft, branch, context);
  if (type !== undefined) draft.keywords["type"] ??= type;
}
