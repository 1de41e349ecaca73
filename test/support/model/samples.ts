import fc from "fast-check";
import { asList, asRecord, isRecord, type JsonObject, resolve } from "../../../src/contract/document/json.ts";

const MAX_DEPTH = 4;

const ANYTHING = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1.5, 1e20, "", "a", "é", "\u0000", [], {}, "2026-11-25", "2025-02-30T00:00:00Z"),
  fc.jsonValue({ maxDepth: 1 }),
);

const FORMATS: Readonly<Record<string, readonly string[]>> = {
  "date-time": ["2026-11-25T12:00:00Z", "2026-11-25T12:00:00+24:00", "2026-11-25"],
  date: ["2026-11-25", "2026-02-30"],
  uuid: ["f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "f81d4fae"],
  email: ["a@example.com", "a"],
  uri: ["https://example.com/", "a b"],
};

/** Values that mostly, but not always, match a schema. */
export function samplesOf(document: JsonObject, written: unknown, depth = 0): fc.Arbitrary<unknown> {
  const schema = resolve(document, written) ?? {};
  const own = wanted(document, schema, depth);
  return fc.oneof({ arbitrary: own, weight: 60 }, { arbitrary: ANYTHING, weight: 1 });
}

function wanted(document: JsonObject, schema: JsonObject, depth: number): fc.Arbitrary<unknown> {
  if (schema["const"] !== undefined) return fc.constant(schema["const"]);
  const values = asList(schema["enum"]);
  if (values.length > 0) return fc.constantFrom<unknown>(...values);
  const choices = [...asList(schema["oneOf"]), ...asList(schema["anyOf"])];
  if (choices.length > 0 && depth < MAX_DEPTH)
    return fc.oneof(...choices.map((choice) => samplesOf(document, choice, depth + 1)));
  const parts = asList(schema["allOf"]);
  if (parts.length > 0 && depth < MAX_DEPTH) return allOf(document, schema, depth);
  const type = [schema["type"]].flat()[0] ?? (isRecord(schema["properties"]) ? "object" : "string");
  switch (type) {
    case "integer":
    case "number":
      return numbers(schema, String(type));
    case "boolean":
      return fc.boolean();
    case "array":
      return depth >= MAX_DEPTH
        ? fc.constant([])
        : fc.array(samplesOf(document, schema["items"], depth + 1), { maxLength: 3 });
    case "object":
      return objects(document, schema, depth);
    default:
      return texts(schema);
  }
}

function allOf(document: JsonObject, schema: JsonObject, depth: number): fc.Arbitrary<unknown> {
  const parts = asList(schema["allOf"]).map((part) => samplesOf(document, part, depth + 1));
  const own = objects(document, schema, depth);
  return fc.tuple(own, ...parts).map((all) => Object.assign({}, ...all.filter(isRecord)));
}

function numbers({ minimum, maximum }: JsonObject, type: string): fc.Arbitrary<number> {
  const [least, most] = [Number(minimum ?? 0), Number(maximum ?? Number(minimum ?? 0) + 100)];
  const edges = fc.constantFrom(least - 1, least, most, most + 1, least - 5, most + 5, -0);
  const whole = fc.oneof(
    { arbitrary: fc.integer({ min: Math.ceil(least), max: Math.max(Math.ceil(least), Math.floor(most)) }), weight: 12 },
    { arbitrary: edges, weight: 1 },
  );
  return type === "integer"
    ? whole
    : fc.oneof({ arbitrary: whole, weight: 4 }, { arbitrary: fc.constantFrom(0.5, 1.25, 1e-7, -0.5), weight: 1 });
}

function texts({ format, minLength, maxLength, examples, example, pattern }: JsonObject): fc.Arbitrary<string> {
  const given = [...asList(examples), example].filter((one) => typeof one === "string");
  if (given.length > 0 && pattern !== undefined) return fc.constantFrom("x", ...given.map(String));
  const dates = typeof format === "string" ? FORMATS[format] : undefined;
  const [right = "", ...wrong] = dates ?? [];
  if (dates !== undefined)
    return fc.oneof({ arbitrary: fc.constant(right), weight: 12 }, { arbitrary: fc.constantFrom(...wrong), weight: 1 });
  const least = Math.min(Number(minLength ?? 0), 50);
  const most = Math.max(least, Math.min(Number(maxLength ?? 12), 60));
  return fc.oneof(
    {
      arbitrary: fc
        .stringMatching(/^[A-Za-z0-9._~-]*$/, { maxLength: most })
        .map((text) => text.slice(0, most).padEnd(least, "x")),
      weight: 8,
    },
    { arbitrary: fc.string({ maxLength: most + 2 }), weight: 1 },
  );
}

function objects(document: JsonObject, schema: JsonObject, depth: number): fc.Arbitrary<unknown> {
  const properties = Object.entries(asRecord(schema["properties"]));
  const required = asList(schema["required"]);
  if (depth >= MAX_DEPTH) return fc.constant({});
  const members = properties.map(([name, property]) =>
    fc.oneof(
      { arbitrary: fc.constant([]), weight: required.includes(name) ? 1 : 30 },
      { arbitrary: samplesOf(document, property, depth + 1).map((value) => [[name, value] as const]), weight: 30 },
    ),
  );
  const surplus = fc.oneof(
    { arbitrary: fc.constant([]), weight: 40 },
    { arbitrary: fc.constant([["surplus", 1] as const]), weight: 1 },
  );
  return fc.tuple(surplus, ...members).map((entries) => Object.fromEntries(entries.flat()));
}
