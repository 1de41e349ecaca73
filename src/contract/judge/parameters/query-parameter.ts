import type { CompiledCheck, CompiledSchemas, Convert } from "../schemas/compiled-schemas.ts";
import { NotCompiled } from "../schemas/not-compiled.ts";
import { decodeFormText } from "./decode.ts";
import { isSameAsJson, parseJsonText } from "./json-text.ts";
import type { Parameter } from "./parameter.ts";
import { toAlternating } from "./split.ts";

/** How the texts of a query parameter become its value. Each function returns undefined when they may be invalid. */
export type QueryParameter = {
  readonly parameter: Parameter;
  /** For a parameter that comes once. @param raw as sent. */
  readonly readOne: ((raw: string) => unknown) | undefined;
  /** For a parameter that may come several times. @param texts decoded. */
  readonly readAll: ((texts: readonly string[]) => unknown) | undefined;
  /** What was written with brackets, or as properties of their own: a list or an object of texts. */
  readonly readStructure: Convert;
  /** Its properties are parameters of their own: `style: form` and `explode`. */
  readonly hasOwnProperties: boolean;
};

/** @throws NotCompiled */
export function toQueryParameter(parameter: Parameter, convert: Convert, schemas: CompiledSchemas): QueryParameter {
  const hasOwnProperties = parameter.shape === "object" && parameter.style === "form" && parameter.explode;
  const readStructure = structureReader(parameter, convert);
  return { parameter, ...readersOf(parameter, convert, schemas), readStructure, hasOwnProperties };
}

type Readers = Pick<QueryParameter, "readOne" | "readAll">;

function readersOf(parameter: Parameter, convert: Convert, schemas: CompiledSchemas): Readers {
  const { style, explode, shape, content } = parameter;
  if (DELIMITERS[style] === undefined && style !== "deepObject") throw new NotCompiled(`it has the style ${style}`);
  if (content === "json") return once(jsonContent(parameter, schemas));
  if (content === "text") return once(plain(parameter, convert));
  if (style === "deepObject" || (shape === "object" && explode))
    return once((raw) => readJson(decodeFormText(raw), convert));
  if (shape === "object") return once(delimitedObject(parameter, convert));
  if (shape === "array" && !explode) return once(delimitedList(parameter, convert));
  if (shape === "array") return several((texts) => (isEmpty(texts) ? undefined : convert(texts)));
  return mayBeMixed(parameter) ? several(mixedReader(parameter, convert)) : once(plain(parameter, convert));
}

function mayBeMixed({ schema: { type }, isJsonAllowed }: Parameter): boolean {
  return isJsonAllowed || type === undefined || [type].flat().includes("array");
}

function several(readAll: (texts: readonly string[]) => unknown): Readers {
  return { readOne: undefined, readAll };
}

function once(readOne: (raw: string) => unknown): Readers {
  return { readOne, readAll: undefined };
}

/** Commas as the validator finds them, in the decoded text; spaces may be encoded, and so must pipes. */
const DELIMITERS: Readonly<Record<string, string>> = { form: ",", spaceDelimited: " ", pipeDelimited: "|" };

function plain({ allowsEmpty }: Parameter, convert: Convert) {
  return (raw: string) => {
    const text = decodeFormText(raw);
    return text === undefined || (text === "" && !allowsEmpty) ? undefined : convert(text);
  };
}

function jsonContent({ schemaPlace, allowsEmpty }: Parameter, schemas: CompiledSchemas) {
  const isValid = schemas.ofRequest(schemaPlace);
  return (raw: string) => {
    const text = decodeFormText(raw);
    return text === undefined || (text === "" && !allowsEmpty) ? undefined : checkJson(text, "utf8", isValid);
  };
}

/** The value of a parameter that is declared as JSON. */
export function checkJson(text: string, encoding: "utf8" | "latin1", isValid: CompiledCheck): unknown {
  const parsed = parseJsonText(text, encoding);
  return parsed !== undefined && isValid(parsed.value) ? parsed.value : undefined;
}

/** An object may also be written as JSON, as the validator reads it. */
function readJson(text: string | undefined, convert: Convert): unknown {
  const parsed = text?.startsWith("{") ? parseJsonText(text, "utf8") : undefined;
  return parsed && convert(parsed.value);
}

function delimited({ style }: Parameter, raw: string): readonly string[] | undefined {
  const text = decodeFormText(raw);
  // The validator splits at encoded commas too, which belong to a value (RFC 6570 §3.2.8): it has to decide.
  if (text === undefined || text === "" || (style === "form" && ENCODED_COMMA.test(raw))) return undefined;
  return text.split(DELIMITERS[style] ?? ",");
}

const ENCODED_COMMA = /%2c/i;

function delimitedList(parameter: Parameter, convert: Convert) {
  return (raw: string) => {
    const parts = delimited(parameter, raw);
    return parts && convert(parts);
  };
}

function delimitedObject(parameter: Parameter, convert: Convert) {
  return (raw: string) => {
    if (raw.startsWith("{") || /^%7b/i.test(raw)) return readJson(decodeFormText(raw), convert);
    const parts = delimited(parameter, raw);
    const object = parts && toAlternating(parts);
    return object && convert(object);
  };
}

/** A parameter that may be a text or a list. */
function mixedReader({ allowsEmpty, isJsonAllowed }: Parameter, convert: Convert) {
  return (texts: readonly string[]) => {
    const [text = ""] = texts;
    if (texts.length > 1) return isJsonAllowed ? undefined : convert(texts);
    if (text === "" && !allowsEmpty) return undefined;
    if (!isJsonAllowed || isSameAsJson(text)) return convert(text);
    return readJson(text, convert);
  };
}

function isEmpty(texts: readonly string[]): boolean {
  return texts.length === 1 && texts[0] === "";
}

function structureReader({ content, shape, isJsonAllowed }: Parameter, convert: Convert): Convert {
  // A list in brackets where an object may be: the validator would read its text as JSON.
  const isRefused = (value: unknown) =>
    content !== undefined || (Array.isArray(value) && isJsonAllowed && shape !== "array");
  return (value) => (isRefused(value) ? undefined : convert(value));
}
