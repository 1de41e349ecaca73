import { asRecord, type JsonObject } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import type { CompiledCheck, CompiledSchemas, Convert } from "../schemas/compiled-schemas.ts";
import { parseInteger, parseNumber } from "../schemas/exact-conversion.ts";
import type { Parameter } from "./parameter.ts";

/** Types whose text can be read in one way only. */
const SCALARS = {
  string: (text: string) => text,
  integer: parseInteger,
  number: parseNumber,
  boolean: (text: string) => (text === "true" || text === "false" ? text === "true" : undefined),
} as const;

type ReadScalar = (text: string) => unknown;

/** With these, a value may be converted for one part of the schema and not for another. */
const COMBINING = ["allOf", "anyOf", "oneOf", "not", "if", "$ref"];

/**
 * Returns the value of a parameter as a handler gets it, from its text, or the list or object of its texts; undefined when
 * it may be invalid.
 * @throws NotCompiled
 */
export function compileConversion(document: OpenApiDocument, parameter: Parameter, schemas: CompiledSchemas): Convert {
  const convert = compileBySchema(document, parameter, schemas);
  const { numeric } = parameter;
  if (numeric === undefined || scalarOf(parameter.schema) !== undefined) return convert;
  const read = SCALARS[numeric];
  return (value) => {
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
    return texts.every((text) => typeof text !== "string" || read(text) !== undefined) ? convert(value) : undefined;
  };
}

function compileBySchema(
  document: OpenApiDocument,
  { schema, schemaPlace }: Parameter,
  schemas: CompiledSchemas,
): Convert {
  const scalar = scalarOf(schema);
  if (scalar !== undefined) return convertScalar(SCALARS[scalar], schemas.ofRequest(schemaPlace));
  const item = schema["type"] === "array" && !isCombined(schema) ? scalarOf(itemsOf(document, schema)) : undefined;
  if (item !== undefined) return convertList(SCALARS[item], schemas.ofRequest(schemaPlace));
  return schemas.ofTexts(schemaPlace);
}

function itemsOf({ resolve }: OpenApiDocument, { items, prefixItems, contains }: JsonObject): JsonObject {
  return prefixItems === undefined && contains === undefined ? (resolve(items) ?? {}) : {};
}

/** The type of a schema that is a scalar, or null, and nothing else. */
function scalarOf(schema: JsonObject): keyof typeof SCALARS | undefined {
  const types = [schema["type"]].flat().filter((one) => one !== "null");
  const [type] = types;
  if (types.length !== 1 || typeof type !== "string" || isCombined(schema)) return undefined;
  return Object.hasOwn(SCALARS, type) ? (type as keyof typeof SCALARS) : undefined;
}

function isCombined(schema: JsonObject): boolean {
  return COMBINING.some((name) => asRecord(schema)[name] !== undefined);
}

function convertScalar(read: ReadScalar, isValid: CompiledCheck): Convert {
  return (text) => {
    const value = typeof text === "string" ? read(text) : undefined;
    return value !== undefined && isValid(value) ? value : undefined;
  };
}

function convertList(read: ReadScalar, isValid: CompiledCheck): Convert {
  return (texts) => {
    if (!Array.isArray(texts)) return undefined;
    const values: unknown[] = [];
    for (const text of texts) {
      const value = typeof text === "string" ? read(text) : undefined;
      if (value === undefined) return undefined;
      values.push(value);
    }
    return isValid(values) ? values : undefined;
  };
}
