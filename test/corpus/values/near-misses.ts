import { asList, asRecord, isRecord, type JsonObject } from "../../../src/contract/document/json.ts";
import { boundsOf, type Dialect, schemaOf, typesOf } from "./dialect.ts";
import { hasType, NotSupported, type Violation, violationsOf } from "./schema-check.ts";

type Path = Violation["path"];

/** A value that breaks one stated keyword of its schema. */
export type NearMiss = {
  readonly value: unknown;
  readonly keyword: string;
  /** Where the keyword is broken, and whatever else breaks by that: the places that a refusal may name. */
  readonly violations: readonly Violation[];
};

/** A change at one place: another value, or undefined to leave it out. */
type Change = { readonly keyword: string; readonly path: Path; readonly to: unknown };

/** Longer texts and lists would be refused for their size. */
const LONGEST = 4_000;

/** Near-misses of a valid value, at most one for each keyword and depth. */
export function nearMissesOf(dialect: Dialect, schema: unknown, value: unknown): readonly NearMiss[] {
  const changes = changesIn(dialect, schema, value, []);
  const seen = new Set<string>();
  const misses: NearMiss[] = [];
  for (const change of changes) {
    const kind = `${change.keyword} ${Math.min(change.path.length, 2)}`;
    if (seen.has(kind)) continue;
    const miss = toNearMiss(dialect, schema, value, change);
    if (miss === undefined) continue;
    seen.add(kind);
    misses.push(miss);
  }
  return misses;
}

function toNearMiss(dialect: Dialect, schema: unknown, value: unknown, { keyword, path, to }: Change) {
  const changed = changedAt(value, path, to);
  try {
    const violations = violationsOf(dialect, schema, changed);
    // The change may be valid after all: by another branch of an `anyOf`, for example.
    return violations.length === 0 ? undefined : { value: changed, keyword, violations };
  } catch (error) {
    if (error instanceof NotSupported || error instanceof RangeError) return undefined;
    throw error;
  }
}

function changedAt(value: unknown, [step, ...rest]: Path, to: unknown): unknown {
  if (step === undefined) return to;
  if (Array.isArray(value)) return value.map((one, index) => (index === step ? changedAt(one, rest, to) : one));
  const { [step]: old, ...others } = asRecord(value);
  const inner = rest.length === 0 ? to : changedAt(old, rest, to);
  return inner === undefined ? others : { ...others, [step]: inner };
}

function changesIn(dialect: Dialect, written: unknown, value: unknown, path: Path): Change[] {
  const schema = schemaOf(dialect, written);
  if (schema === undefined || path.length > 6) return [];
  const here = (keyword: string, to: unknown): Change => ({ keyword, path, to });
  const branches = [...asList(schema["anyOf"]), ...asList(schema["oneOf"])].filter((branch) =>
    holds(dialect, branch, value),
  );
  return [
    ...ofType(schema, value).map((to) => here("type", to)),
    ...(Array.isArray(schema["enum"]) ? [here("enum", typeof value === "number" ? 987_654 : "not-in-the-enum")] : []),
    ...(typeof value === "number" ? ofNumber(schema, value).map(([keyword, to]) => here(keyword, to)) : []),
    ...(typeof value === "string" ? ofText(schema, value).map(([keyword, to]) => here(keyword, to)) : []),
    ...(Array.isArray(value) ? ofList(dialect, schema, value, path) : []),
    ...(isRecord(value) ? ofObject(dialect, schema, value, path) : []),
    ...[...asList(schema["allOf"]), ...branches].flatMap((part) => changesIn(dialect, part, value, path)),
  ];
}

function holds(dialect: Dialect, schema: unknown, value: unknown): boolean {
  try {
    return violationsOf(dialect, schema, value).length === 0;
  } catch {
    return false;
  }
}

function ofType(schema: JsonObject, value: unknown): unknown[] {
  const types = typesOf(schema);
  if (types.length === 0) return [];
  const others = [{ surplus: true }, "text", 17, true, [1]].filter((one) => !types.some((type) => hasType(one, type)));
  return others.filter((one) => typeof one !== typeof value).slice(0, 1);
}

/** A broken keyword, and the value that breaks it; undefined for a keyword that is not there. */
type Break<T> = readonly [keyword: string, to: T] | undefined;

function ofNumber(schema: JsonObject, value: number): readonly (readonly [string, number])[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = boundsOf(schema);
  const breaks: readonly Break<number>[] = [
    minimum === undefined ? undefined : ["minimum", minimum - 1],
    maximum === undefined ? undefined : ["maximum", maximum + 1],
    exclusiveMinimum === undefined ? undefined : ["exclusiveMinimum", exclusiveMinimum],
    exclusiveMaximum === undefined ? undefined : ["exclusiveMaximum", exclusiveMaximum],
    typesOf(schema).includes("integer") ? ["type", Math.trunc(value) + 0.5] : undefined,
  ];
  return breaks.filter((one) => one !== undefined).filter(([, to]) => Math.abs(to) < Number.MAX_SAFE_INTEGER);
}

/** Formats of which "not one" is certainly none. */
const CHECKED_FORMATS = ["date-time", "date", "uuid", "email", "ipv4", "ipv6"];

function ofText(schema: JsonObject, value: string): readonly (readonly [string, string])[] {
  const { minLength, maxLength, pattern, format } = schema;
  const [least, most] = [Number(minLength ?? 0), Number(maxLength ?? Number.POSITIVE_INFINITY)];
  const breaks: readonly Break<string>[] = [
    least > 0 ? ["minLength", [...value].slice(0, least - 1).join("")] : undefined,
    most <= LONGEST ? ["maxLength", value.padEnd(most + 1, "x")] : undefined,
    typeof pattern === "string" ? ["pattern", "§ no such text §"] : undefined,
    CHECKED_FORMATS.includes(String(format)) ? ["format", "not one"] : undefined,
  ];
  return breaks.filter((one) => one !== undefined);
}

function ofList(dialect: Dialect, schema: JsonObject, value: readonly unknown[], path: Path): Change[] {
  const { minItems, maxItems, uniqueItems, items } = schema;
  const [first] = value;
  const most = Number(maxItems ?? Number.POSITIVE_INFINITY);
  const isFilled = value.length > 0;
  return [
    ...(Number(minItems ?? 0) > 0 ? [{ keyword: "minItems", path, to: value.slice(0, Number(minItems) - 1) }] : []),
    ...(isFilled && most <= 500
      ? [{ keyword: "maxItems", path, to: Array.from({ length: most + 1 }, () => first) }]
      : []),
    ...(isFilled && uniqueItems === true ? [{ keyword: "uniqueItems", path, to: [...value, first] }] : []),
    ...(isFilled && items !== undefined ? changesIn(dialect, items, first, [...path, 0]) : []),
  ];
}

function ofObject(dialect: Dialect, schema: JsonObject, value: JsonObject, path: Path): Change[] {
  const properties = asRecord(schema["properties"]);
  const { additionalProperties, minProperties, maxProperties } = schema;
  const sent = Object.keys(value);
  const required = asList(schema["required"])
    .map(String)
    .filter((name) => sent.includes(name));
  const declared = sent.filter((name) => Object.hasOwn(properties, name));
  const more = Array.from({ length: Math.min(Number(maxProperties ?? 0), 500) + 1 }, (_, index) => [
    `more${index}`,
    "x",
  ]);
  return [
    ...required.map((name) => ({ keyword: "required", path: [...path, name], to: undefined })),
    ...(additionalProperties === false
      ? [{ keyword: "additionalProperties", path: [...path, "notDeclared"], to: 1 }]
      : []),
    ...(Number(minProperties ?? 0) > 0 ? [{ keyword: "minProperties", path, to: {} }] : []),
    ...(maxProperties === undefined
      ? []
      : [{ keyword: "maxProperties", path, to: { ...value, ...Object.fromEntries(more) } }]),
    ...declared.flatMap((name) => changesIn(dialect, properties[name], value[name], [...path, name])),
  ];
}
