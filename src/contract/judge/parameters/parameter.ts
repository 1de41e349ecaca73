import type { Pointer } from "../../document/finding.ts";
import { asList, asRecord, type JsonObject } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import { isJsonContent } from "../../model/json-parameters.ts";
import type { NumericParameter, Operation } from "../../model/operations.ts";
import type { FoundParameter } from "../../model/outline.ts";
import { NotCompiled } from "../schemas/not-compiled.ts";

export type Place = "path" | "query" | "header" | "cookie";

/** What a parameter object declares, with OpenAPI's defaults. */
export type Parameter = {
  readonly name: string;
  readonly in: Place;
  readonly isRequired: boolean;
  readonly allowsEmpty: boolean;
  readonly style: string;
  readonly explode: boolean;
  /** `text`: it is written as one text, or its schema allows several shapes. */
  readonly shape: "array" | "object" | "text";
  /** Declared with `content`: in JSON, or as it is. */
  readonly content: "json" | "text" | undefined;
  readonly schemaPlace: Pointer;
  /** Without its `$ref`. */
  readonly schema: JsonObject;
  /** Its properties, if it is an object. */
  readonly properties: readonly Property[];
  /** The validator reads texts of such a parameter as JSON, where they are. */
  readonly isJsonAllowed: boolean;
  /** Its texts must be numbers in plain spelling. */
  readonly numeric: NumericParameter["type"] | undefined;
};

type Property = { readonly name: string; readonly isList: boolean };

const STYLES: Readonly<Record<Place, string>> = { path: "simple", header: "simple", query: "form", cookie: "form" };

/** OpenAPI 3.1.1 §4.8.12.2: these header parameters are ignored. */
const IGNORED_HEADERS = ["accept", "content-type", "authorization"];

/** @returns undefined for a parameter that OpenAPI ignores. @throws NotCompiled */
export function toParameter(
  document: OpenApiDocument,
  { place, parameter }: FoundParameter,
  operation: Operation,
): Parameter | undefined {
  const name = String(parameter["name"]);
  const holder = parameter["in"];
  if (!isPlace(holder)) throw new NotCompiled(`the parameter ${name} is in ${holder}`);
  if (holder === "header" && IGNORED_HEADERS.includes(name.toLowerCase())) return undefined;
  const style = String(parameter["style"] ?? STYLES[holder]);
  const [mediaType, media] = Object.entries(asRecord(parameter["content"]))[0] ?? [];
  const schemaPlace = mediaType === undefined ? [...place, "schema"] : [...place, "content", mediaType, "schema"];
  const written = mediaType === undefined ? parameter["schema"] : asRecord(media)["schema"];
  const schema = document.resolve(written) ?? {};
  const isSame = (one: { readonly name: string; readonly in: string }) => one.in === holder && one.name === name;
  return {
    name,
    in: holder,
    isRequired: parameter["required"] === true,
    allowsEmpty: parameter["allowEmptyValue"] === true,
    style,
    explode: typeof parameter["explode"] === "boolean" ? parameter["explode"] : style === "form",
    shape: mediaType === undefined ? shapeOf(document, schema) : "text",
    content: mediaType === undefined ? undefined : isJsonContent(mediaType) ? "json" : "text",
    schemaPlace,
    schema,
    properties: propertiesOf(document, schema).map(([property, one]) => ({
      name: property,
      isList: shapeOf(document, document.resolve(one) ?? {}) === "array",
    })),
    isJsonAllowed: operation.jsonParameters.some((one) => isSame(one) && !one.isAlwaysJson),
    numeric: operation.numericParameters.find(isSame)?.type,
  };
}

function isPlace(place: unknown): place is Place {
  return typeof place === "string" && Object.hasOwn(STYLES, place);
}

const MAX_DEPTH = 6;

function shapeOf(document: OpenApiDocument, schema: JsonObject): Parameter["shape"] {
  const types = new Set(typesOf(document, schema));
  types.delete("null");
  const [type] = types;
  return types.size === 1 && (type === "array" || type === "object") ? type : "text";
}

/** The types of `schema` and of its parts; references may be circular. */
function typesOf(document: OpenApiDocument, schema: JsonObject, depth = 0): readonly unknown[] {
  const own = [schema["type"]].flat().filter((type) => type !== undefined);
  if (depth > MAX_DEPTH) return own;
  const inner = partsOf(document, schema).flatMap((part) => {
    const types = typesOf(document, part, depth + 1);
    return types.length === 0 && own.length === 0 ? ["unknown"] : types;
  });
  return own.length === 0 && schema["properties"] !== undefined ? ["object", ...inner] : [...own, ...inner];
}

function propertiesOf(
  document: OpenApiDocument,
  schema: JsonObject,
  depth = 0,
): readonly (readonly [string, unknown])[] {
  const own = Object.entries(asRecord(schema["properties"]));
  if (depth > MAX_DEPTH) return own;
  const all = [...own, ...partsOf(document, schema).flatMap((part) => propertiesOf(document, part, depth + 1))];
  return [...new Map(all)];
}

function partsOf({ resolve }: OpenApiDocument, schema: JsonObject): readonly JsonObject[] {
  return ["allOf", "anyOf", "oneOf"].flatMap((word) => asList(schema[word])).map((part) => resolve(part) ?? {});
}
