import { asRecord, type JsonObject } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import { parseJsonText } from "../parameters/json-text.ts";
import type { CompiledSchemas, Convert } from "../schemas/compiled-schemas.ts";
import { NotCompiled } from "../schemas/not-compiled.ts";
import type { DeclaredMedia } from "./content.ts";

/** Is this a media type of forms? */
export function isForm(essence: string): boolean {
  return essence === "application/x-www-form-urlencoded" || essence === "multipart/form-data";
}

/** Reads the texts of one field; undefined when they may be invalid. */
type ReadField = (texts: readonly string[]) => unknown;

/**
 * Judges the fields of a form, which are texts or lists of texts: converts them to the types of the schema's properties.
 * @throws NotCompiled
 */
export function compileForm(
  document: OpenApiDocument,
  { media, schemaPlace }: DeclaredMedia,
  schemas: CompiledSchemas,
): Convert {
  const properties = Object.entries(asRecord(document.resolve(media["schema"])?.["properties"]));
  const encoding = asRecord(media["encoding"]);
  const readers = new Map(
    properties.map(([name, written]) => [name, toReader(document, written, asRecord(encoding[name]))] as const),
  );
  const convert = schemas.ofTexts(schemaPlace);
  return (fields) => {
    const values: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(asRecord(fields))) {
      const texts: readonly string[] = [field].flat().map(String);
      const value = readers.has(name) ? readers.get(name)?.(texts) : texts.length === 1 ? texts[0] : texts;
      if (value === undefined) return undefined;
      values[name] = value;
    }
    return convert(values);
  };
}

/** How a property is written: OpenAPI 3.1.1 §4.8.15. */
function toReader(document: OpenApiDocument, written: unknown, { style, explode, contentType }: JsonObject): ReadField {
  const schema = document.resolve(written) ?? {};
  const { type } = schema;
  if (style !== undefined && style !== "form") throw new NotCompiled(`a field of a form has the style ${style}`);
  if (type === "array" && explode === false)
    return ([text = "", ...more]) => (more.length > 0 ? undefined : text.split(","));
  if (type === "array" && contentType === undefined) return (texts) => texts;
  const isJson = contentType === undefined ? isObject(schema) : contentType === "application/json";
  return ([text = "", ...more]) => {
    if (more.length > 0) return undefined;
    return isJson ? parseJsonText(text, "utf8")?.value : text;
  };
}

function isObject({ type, properties }: JsonObject): boolean {
  return type === "object" || (type === undefined && properties !== undefined);
}
