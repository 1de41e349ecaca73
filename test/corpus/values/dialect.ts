import { asList, asRecord, isRecord, type JsonObject, resolve } from "../../../src/contract/document/json.ts";

/** How the schemas of a document are read. */
export type Dialect = {
  readonly document: JsonObject;
  /** OpenAPI 3.0: `nullable`, exclusive bounds as flags, and nothing beside a `$ref` counts. */
  readonly isOpenApi30: boolean;
};

export function dialectOf(document: JsonObject): Dialect {
  return { document, isOpenApi30: String(document["openapi"]).startsWith("3.0") };
}

/** `written` without its `$ref`; undefined when that leads nowhere. Boolean schemas become objects. */
export function schemaOf({ document, isOpenApi30 }: Dialect, written: unknown): JsonObject | undefined {
  if (written === true || written === undefined) return {};
  if (written === false) return { not: {} };
  let node: unknown = written;
  if (!isOpenApi30) return withoutNullable(resolve(document, node));
  // In OpenAPI 3.0 a reference replaces the whole object (§4.7.24.1).
  for (let steps = 0; steps < 100 && isRecord(node) && typeof node["$ref"] === "string"; steps++) {
    node = resolve(document, { $ref: node["$ref"] });
  }
  return isRecord(node) ? node : undefined;
}

/** OpenAPI 3.1 has no `nullable`; where documents write it all the same, null is not sent. */
function withoutNullable(schema: JsonObject | undefined): JsonObject | undefined {
  if (schema?.["nullable"] === undefined) return schema;
  const { nullable: _, ...others } = schema;
  return others;
}

/** Only responses have such a property (OpenAPI 3.1.1 §4.8.24); also if a part of `allOf` says that. */
export function isReadOnly(dialect: Dialect, written: unknown, depth = 0): boolean {
  const schema = schemaOf(dialect, written);
  if (schema === undefined || depth > 10) return false;
  return schema["readOnly"] === true || asList(schema["allOf"]).some((part) => isReadOnly(dialect, part, depth + 1));
}

/** The last step of a schema's reference: its name. */
export function nameOf(written: unknown): string | undefined {
  const { $ref } = asRecord(written);
  return typeof $ref === "string" ? decodeURIComponent($ref.split("/").at(-1) ?? "") : undefined;
}

/** The types that a schema names; empty when it names none. */
export function typesOf(schema: JsonObject): readonly string[] {
  const types = [schema["type"]].flat().filter((type) => typeof type === "string");
  return schema["nullable"] === true && types.length > 0 ? [...types, "null"] : types;
}

/** The exclusive and inclusive bounds of numbers, in the form of JSON Schema 2020-12. */
export function boundsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonObject) {
  const isNumber = (value: unknown) => typeof value === "number";
  return {
    minimum: isNumber(minimum) && exclusiveMinimum !== true ? minimum : undefined,
    maximum: isNumber(maximum) && exclusiveMaximum !== true ? maximum : undefined,
    exclusiveMinimum: isNumber(exclusiveMinimum) ? exclusiveMinimum : flagged(minimum, exclusiveMinimum),
    exclusiveMaximum: isNumber(exclusiveMaximum) ? exclusiveMaximum : flagged(maximum, exclusiveMaximum),
  };
}

function flagged(bound: unknown, flag: unknown): number | undefined {
  return flag === true && typeof bound === "number" ? bound : undefined;
}

/**
 * A pattern as ECMA-262 reads it with the flag `u`, or without where it is only valid so. Undefined also for a class of
 * another dialect, such as `\p{XDigit}`: without the flag it is a text that no author means.
 */
export function patternOf(text: unknown): RegExp | undefined {
  if (typeof text !== "string") return undefined;
  if (/\\[pP]\{|\[\[:/.test(text) && !isValidWith("u", text)) return undefined;
  for (const flags of ["u", ""]) {
    try {
      return new RegExp(text, flags);
    } catch {}
  }
  return undefined;
}

function isValidWith(flags: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, flags) instanceof RegExp;
  } catch {
    return false;
  }
}
