import { asRecord, type JsonObject } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import type { FoundOperation } from "../outline.ts";
import { JSON_TYPE, type MediaType, parseMediaType, specificityOf } from "./media-types.ts";

/** What an operation declares about its body. */
export type OperationBody = {
  readonly isRequired: boolean;
  readonly media: readonly BodyMedia[];
  /** The largest body that is read, in bytes; undefined: as the settings say. */
  readonly maxBytes: number | undefined;
};

/** How a body is read: `streamed` ones are passed on as they arrive, unchecked. */
export type BodyReading = "json" | "form" | "multipart" | "text" | "streamed";

/** A media type that a body may have, or a range of them. */
export type BodyMedia = MediaType & {
  /** As the contract writes it: its name in `content`. */
  readonly name: string;
  /** What a client may send is not checked, whatever its type. */
  readonly isOpaque: boolean;
  /** Its schema describes a text, or a scalar that is written as one. */
  readonly isText: boolean;
};

const URLENCODED = "application/x-www-form-urlencoded";
const MULTIPART = "multipart/form-data";

/** HTTP gives a body no meaning with these methods: OpenAPI 3.0 ignores it, 3.1 advises against it. Few clients send one. */
const NEED_NO_BODY: ReadonlySet<string> = new Set(["get", "head", "trace"]);

export function toOperationBody(
  { resolve }: OpenApiDocument,
  { method, operation, extension }: FoundOperation,
  maxBytes: number | undefined,
): OperationBody | undefined {
  const body = resolve(operation["requestBody"]);
  if (body === undefined) return undefined;
  const isStreamed = extension.body === "stream";
  return {
    isRequired: body["required"] === true && !NEED_NO_BODY.has(method),
    media: Object.entries(asRecord(body["content"])).flatMap(([name, written]) => {
      const type = parseMediaType(name);
      const schema = resolve(asRecord(resolve(written))["schema"]);
      if (type === undefined) return [];
      return [{ ...type, name, isOpaque: isStreamed || isOpaque(schema, type), isText: isText(schema) }];
    }),
    maxBytes,
  };
}

/** Is any content allowed? JSON without a schema still has to be JSON. */
function isOpaque(schema: JsonObject = {}, { essence }: MediaType): boolean {
  if (isBinary(schema)) return true;
  return !JSON_TYPE.test(essence) && isAnyText(schema);
}

/** Is every text valid? */
export function isAnyText(schema: JsonObject): boolean {
  return Object.entries(schema).every(
    ([name, value]) => ANNOTATIONS.includes(name) || name.startsWith("x-") || (name === "type" && value === "string"),
  );
}

const ANNOTATIONS: readonly string[] = [
  ...["title", "description", "default", "example", "examples", "deprecated", "externalDocs", "xml"],
  ...["readOnly", "writeOnly", "$comment"],
];

/** Does a schema describe bytes, such as a file, and not a text? */
export function isBinary({ type, format, contentEncoding, contentMediaType }: JsonObject): boolean {
  if (type !== undefined && type !== "string") return false;
  return format === "binary" || (contentMediaType !== undefined && contentEncoding === undefined);
}

/** The declared media that a body of the type `sent` has, and how it is read. */
export type BodyMatch = { readonly media: BodyMedia; readonly reading: BodyReading };

/** Finds the most specific media type or range that an operation declares for a body; undefined if none matches. */
export function findBodyMedia({ media }: OperationBody, sent: MediaType): BodyMatch | undefined {
  let found: BodyMedia | undefined;
  let most = 0;
  for (const one of media) {
    const specificity = specificityOf(one, sent) ?? 0;
    if (specificity > most) [found, most] = [one, specificity];
  }
  return found && { media: found, reading: readingOf(found, sent.essence) };
}

const SCALARS: readonly unknown[] = ["string", "integer", "number", "boolean"];

function isText(schema: JsonObject | undefined): boolean {
  return [schema?.["type"]].flat().every((type) => SCALARS.includes(type));
}

/** How bodies of the media type `essence` are read where `media` is declared for them. */
export function readingOf({ isOpaque, isText }: BodyMedia, essence: string): BodyReading {
  if (isOpaque) return "streamed";
  if (JSON_TYPE.test(essence)) return "json";
  if (essence === URLENCODED) return "form";
  if (essence === MULTIPART) return "multipart";
  return essence === "text/plain" && isText ? "text" : "streamed";
}

/** Can a body that `media` matches be one that is checked? */
export function mayBeJudged(media: BodyMedia): boolean {
  if (media.isOpaque) return false;
  return media.essence.includes("*") || readingOf(media, media.essence) !== "streamed";
}

/** Bodies of at most this size arrive within seconds. */
export const SMALL_BODY_BYTES = 65_536;

/** Can a body of this operation be large? One that is passed on while it arrives may have any size. */
export function mayTakeLong({ media, maxBytes }: OperationBody, defaultMaxBytes: number): boolean {
  if ((maxBytes ?? defaultMaxBytes) > SMALL_BODY_BYTES) return true;
  return media.some(
    (one) => one.essence.includes("*") || ["streamed", "multipart"].includes(readingOf(one, one.essence)),
  );
}

const TOTAL_BODY_BYTES = 67_108_864;

/** The memory for all bodies that are read at the same time, in bytes: enough for two of the largest. */
export function bodyMemoryFor(bodies: readonly (OperationBody | undefined)[], defaultMaxBytes: number): number {
  return Math.max(TOTAL_BODY_BYTES, ...bodies.map((body) => 2 * (body?.maxBytes ?? defaultMaxBytes)));
}
