import { asRecord, type JsonObject } from "../../../document/json.ts";
import type { OpenApiDocument } from "../../../document/openapi-document.ts";
import { JSON_TYPE, parseMediaType, specificityOf } from "../../../model/bodies/media-types.ts";
import { type FormField, type FormOutcome, invalid, read } from "./form-field.ts";
import { type FormShape, toFormShape } from "./form-shape.ts";
import { addField, type FormNode, itemsIn, namesIn, toNode } from "./form-tree.ts";
import { expectedOf, readJsonText, readText } from "./read-text.ts";

/** Reads forms of one media type of an operation: turns their texts into a value that the schema can judge. */
export type FormReader = {
  readonly read: (fields: readonly FormField[]) => Promise<FormOutcome>;
  /** Reads a body that is one text, such as text/plain. */
  readonly readWhole: (text: string) => Promise<FormOutcome>;
  readonly contentOf: (part: { readonly name: string; readonly isFile: boolean }) => PartContent;
};

/** What has to be known of a part: its `text`, its text `if-small`, or only its `size`. */
export type PartContent = "text" | "if-small" | "size";

/** How a property is written (OpenAPI 3.1.1 §4.8.15). */
type Encoding = {
  /** What separates the items of a list that is sent as one text. */
  readonly delimiter: string | undefined;
  readonly isJson: boolean;
  /** The media types that a part may have; empty: any. */
  readonly mediaTypes: readonly string[];
};

export function createFormReader(document: OpenApiDocument, media: JsonObject): FormReader {
  const shape = toFormShape(document, [media["schema"]]);
  const encodings = asRecord(media["encoding"]);
  const isDeclared = (name: string) => shape.propertyOf(name) !== undefined;
  const encodingOf = (name: string) => toEncoding(asRecord(Object.hasOwn(encodings, name) ? encodings[name] : {}));
  return {
    readWhole: (text) => readText(text, shape, []),
    contentOf: ({ name, isFile }) => {
      const [first = ""] = namesIn(name, isDeclared) ?? [];
      const property = shape.propertyOf(first) ?? shape.additional();
      const one = property.types.has("array") ? property.items() : property;
      const isAny = one.isAnyText || one.types.size === 0;
      if (one.isBinary || (isAny && isFile)) return "size";
      return isAny ? "if-small" : "text";
    },
    read: async (fields) => {
      const root = toNode();
      for (const field of fields) {
        const names = namesIn(field.name, isDeclared);
        if (names === undefined) return invalid([field.name], "is a name that is not accepted");
        addField(root, names, field);
      }
      return readMembers(root, [], (name) => {
        const property = shape.propertyOf(name) ?? shape.additional();
        return { shape: property, encoding: encodingOf(name) };
      });
    },
  };
}

function toEncoding({ style, explode, contentType }: JsonObject): Encoding {
  const mediaTypes =
    typeof contentType === "string" ? contentType.split(",").map((one) => one.trim().toLowerCase()) : [];
  const isJson = mediaTypes.length > 0 && mediaTypes.every((one) => JSON_TYPE.test(one));
  return { delimiter: delimiterOf(style, explode), isJson, mediaTypes };
}

function delimiterOf(style: unknown, explode: unknown): string | undefined {
  if (style === "spaceDelimited") return " ";
  if (style === "pipeDelimited") return "|";
  return explode === false ? "," : undefined;
}

const PLAIN: Encoding = { delimiter: undefined, isJson: false, mediaTypes: [] };

type Member = { readonly shape: FormShape; readonly encoding: Encoding };

async function readMembers(
  { inner }: FormNode,
  path: readonly string[],
  memberOf: (name: string) => Member,
): Promise<FormOutcome> {
  const entries: [string, unknown][] = [];
  for (const [name, node] of inner) {
    const { shape, encoding } = memberOf(name);
    const outcome = await readNode(node, shape, encoding, [...path, name]);
    if (outcome.kind === "invalid") return outcome;
    entries.push([name, outcome.value]);
  }
  // Unlike an assignment, this never sets the prototype.
  return read(Object.fromEntries(entries));
}

async function readNode(
  node: FormNode,
  shape: FormShape,
  encoding: Encoding,
  path: readonly string[],
): Promise<FormOutcome> {
  const { fields, inner } = node;
  const items = itemsIn(node);
  const isList = shape.types.has("array");
  if (inner.size === 0) return readFields(fields, shape, encoding, path);
  if (isList && items !== undefined) {
    const sent = fields.map((field): FormNode => ({ fields: [field], inner: new Map() }));
    return readItems([...sent, ...items], shape, path);
  }
  if (fields.length > 0) return invalid(path, "is sent in two ways");
  if (!shape.types.has("object") && shape.types.size > 0)
    return invalid(path, `must be ${expectedOf(shape.types)}, without brackets in its name`);
  return readMembers(node, path, (name) => ({ shape: shape.propertyOf(name) ?? shape.additional(), encoding: PLAIN }));
}

async function readItems(
  nodes: readonly FormNode[],
  shape: FormShape,
  path: readonly string[],
  encoding = PLAIN,
): Promise<FormOutcome> {
  const items = shape.items();
  const values: unknown[] = [];
  for (const [index, node] of nodes.entries()) {
    const outcome = await readNode(node, items, encoding, [...path, String(index)]);
    if (outcome.kind === "invalid") return outcome;
    values.push(outcome.value);
  }
  return read(values);
}

/** Reads a property that is sent under its own name, once or several times. */
async function readFields(
  fields: readonly FormField[],
  shape: FormShape,
  encoding: Encoding,
  path: readonly string[],
): Promise<FormOutcome> {
  const [field, ...more] = fields;
  if (field === undefined) return invalid(path, "is missing");
  const isList = shape.types.has("array");
  if (isList && more.length === 0 && field.text.startsWith("[") && isJsonPart(field, shape))
    return readJsonText(field.text, path);
  if (isList && encoding.delimiter !== undefined && more.length === 0) {
    const texts = field.text === "" ? [] : field.text.split(encoding.delimiter);
    return readItems(
      texts.map((text) => ({ fields: [{ ...field, text }], inner: new Map() })),
      shape,
      path,
    );
  }
  if (isList && !encoding.isJson && (more.length > 0 || !mayBeAlone(shape))) {
    const nodes = fields.map((one): FormNode => ({ fields: [one], inner: new Map() }));
    return readItems(nodes, shape, path, { ...encoding, delimiter: undefined });
  }
  if (more.length > 0)
    return shape.types.size === 0 ? read(fields.map(({ text }) => text)) : invalid(path, "must be sent once");
  return readField(field, shape, encoding, path);
}

/** Can a single text be something else than a list of one? */
function mayBeAlone({ types }: FormShape): boolean {
  return [...types].some((type) => type !== "array" && type !== "null");
}

async function readField(
  field: FormField,
  shape: FormShape,
  encoding: Encoding,
  path: readonly string[],
): Promise<FormOutcome> {
  const mediaTypes = mediaTypeViolation(field, encoding);
  if (mediaTypes !== undefined) return invalid(path, mediaTypes);
  if (field.unreadBytes !== undefined) return readFile(field.unreadBytes, shape, path);
  if (field.isFile && !mayBeBlob(shape)) return invalid(path, `must be ${expectedOf(shape.types)}, and not a file`);
  if (encoding.isJson || isJsonPart(field, shape)) return readJsonText(field.text, path);
  return readText(field.text, shape, path);
}

function mediaTypeViolation({ contentType }: FormField, { mediaTypes }: Encoding): string | undefined {
  const sent = contentType === undefined ? undefined : parseMediaType(contentType);
  if (contentType === undefined || mediaTypes.length === 0) return undefined;
  const isDeclared = mediaTypes.some((text) => {
    const declared = parseMediaType(text);
    return sent !== undefined && declared !== undefined && specificityOf(declared, sent) !== undefined;
  });
  return isDeclared ? undefined : `must have the media type ${mediaTypes.join(" or ")}`;
}

/** A part that says that it is JSON, where the schema wants no text. */
function isJsonPart({ contentType }: FormField, { types }: FormShape): boolean {
  const essence = contentType === undefined ? undefined : parseMediaType(contentType)?.essence;
  return essence !== undefined && JSON_TYPE.test(essence) && !types.has("string");
}

/** Browsers send JSON as a file, called blob. A scalar that is sent as a file would be missing in most programs. */
function mayBeBlob({ types }: FormShape): boolean {
  return types.size === 0 || types.has("object") || types.has("array");
}

/** Of a file only the size is checked. Its value stands for it where the rest of the form is judged. */
function readFile(bytes: number, { sizes }: FormShape, path: readonly string[]): FormOutcome {
  if (bytes > sizes.max) return invalid(path, `must NOT have more than ${sizes.max} bytes`);
  if (bytes < sizes.min) return invalid(path, `must NOT have fewer than ${sizes.min} bytes`);
  return read(" ".repeat(Math.min(sizes.min, MOST_STAND_IN_CHARACTERS)));
}

const MOST_STAND_IN_CHARACTERS = 10_000;
