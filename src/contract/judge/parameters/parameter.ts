import type { Pointer } from "../../document/finding.ts";
import { asRecord, type JsonObject } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import type { FoundParameter } from "../../model/outline.ts";
import { isIgnoredHeader, isJsonContent } from "../../model/parameters.ts";
import type { ValueShape } from "./values/value-shape.ts";

export type Place = "path" | "query" | "header" | "cookie";

/** What a parameter object declares, with OpenAPI's defaults. */
export type Parameter = {
  readonly name: string;
  readonly in: Place;
  readonly isRequired: boolean;
  readonly allowsEmpty: boolean;
  readonly style: string;
  readonly explode: boolean;
  /** `text`: it is written as one text. `mixed`: its schema allows texts and lists or objects. */
  readonly form: "array" | "object" | "text" | "mixed";
  /** Declared with `content`: in JSON, or as it is. */
  readonly content: "json" | "text" | undefined;
  readonly schemaPlace: Pointer;
  /** Without its `$ref`. */
  readonly schema: JsonObject;
  readonly shape: ValueShape;
};

/** The styles of each place (OpenAPI 3.1.1 §4.8.12.2), its default first. */
const STYLES: Readonly<Record<Place, readonly [string, ...string[]]>> = {
  path: ["simple", "label", "matrix"],
  header: ["simple"],
  query: ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
  cookie: ["form"],
};

/** @returns undefined for a parameter that OpenAPI ignores, or that is in no place for parameters. */
export function toParameter(
  document: OpenApiDocument,
  { place, parameter }: FoundParameter,
  shapeOf: (schema: unknown) => ValueShape,
): Parameter | undefined {
  const name = String(parameter["name"]);
  const holder = parameter["in"];
  if (!isPlace(holder) || isIgnoredHeader(parameter)) return undefined;
  const [usual, ...others] = STYLES[holder];
  const style = others.find((one) => one === parameter["style"]) ?? usual;
  const [mediaType, media] = Object.entries(asRecord(parameter["content"]))[0] ?? [];
  const written = mediaType === undefined ? parameter["schema"] : asRecord(media)["schema"];
  const shape = shapeOf(written);
  return {
    name,
    in: holder,
    isRequired: parameter["required"] === true,
    allowsEmpty: parameter["allowEmptyValue"] === true,
    style,
    explode: typeof parameter["explode"] === "boolean" ? parameter["explode"] : style === "form",
    form: mediaType === undefined ? formOf(shape) : "text",
    content: mediaType === undefined ? undefined : isJsonContent(mediaType) ? "json" : "text",
    schemaPlace: mediaType === undefined ? [...place, "schema"] : [...place, "content", mediaType, "schema"],
    schema: document.resolve(written) ?? {},
    shape,
  };
}

function isPlace(place: unknown): place is Place {
  return typeof place === "string" && Object.hasOwn(STYLES, place);
}

function formOf({ types }: ValueShape): Parameter["form"] {
  const [type] = types;
  if (types.size === 1) return type === "array" || type === "object" ? type : "text";
  return types.size === 0 || ["array", "object", "unknown"].some((one) => types.has(one)) ? "mixed" : "text";
}
