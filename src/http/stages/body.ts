import { isLikeAscii, isUtf8, type MediaType, parseMediaType } from "../../contract/model/bodies/media-types.ts";
import { type BodyMedia, type BodyReading, findBodyMedia } from "../../contract/model/bodies/operation-body.ts";
import { JSON_MEDIA_TYPE } from "../../lib/http/media-types.ts";
import { type Admitted, recordOf } from "../message/exchange.ts";
import { hasBody } from "../message/unread-body.ts";
import { problemReply, type Reply } from "../reply/reply.ts";
import type { BodyReader, BodyReaderDeps } from "./bodies/body-reader.ts";
import { readJson } from "./bodies/json-body.ts";
import { readMultipart } from "./bodies/multipart-body.ts";
import { readForm, readTextBody } from "./bodies/text-body.ts";
import type { Stage } from "./stage.ts";

export type BodyDeps = BodyReaderDeps & {
  /** The largest body that is read, in bytes, where an operation says nothing else. */
  readonly maxBytes: number;
};

/**
 * Reads and parses the body, after the key is admitted and only if the operation declares a body. Any other body is left
 * unread.
 */
export function body(deps: BodyDeps): Stage<Admitted> {
  return {
    check: "body",
    run: (exchange) => {
      const declared = exchange.operation.body;
      const record = recordOf(exchange);
      if (declared === undefined || !hasBody(exchange)) {
        record.body = NO_BODY;
        return declared?.isRequired ? MISSING_BODY : undefined;
      }
      const type = contentTypeOf(exchange);
      const found = type && findBodyMedia(declared, type);
      if (type === undefined || found === undefined || !isReadable(found.reading, type))
        return unsupportedType(declared.media);
      if (found.reading === "streamed") {
        record.body = { kind: "streamed" };
        return undefined;
      }
      const { media, reading } = found;
      return READERS[reading](exchange, { media, type, maxBytes: declared.maxBytes ?? deps.maxBytes }, deps);
    },
  };
}

/** How each kind of body is read. */
const READERS = {
  json: readJson,
  form: readForm,
  multipart: readMultipart,
  text: readTextBody,
} as const satisfies Record<Exclude<BodyReading, "streamed">, BodyReader>;

const NO_BODY = { kind: "none" } as const;

/** Texts that are read have to be in UTF-8; forms may be in ASCII, whatever they call it. */
function isReadable(reading: BodyReading, { parameters }: MediaType): boolean {
  const charset = parameters.get("charset") ?? "utf-8";
  if (reading === "form" || reading === "multipart") return isLikeAscii(charset);
  return reading === "streamed" || isUtf8(charset);
}

function unsupportedType(media: readonly BodyMedia[]): Reply {
  const accepted = media.map(({ name }) => name).join(" or ");
  const detail = `The Content-Type of the body is not supported; send ${accepted}, in UTF-8.`;
  return problemReply({ code: "media-type-unsupported", detail });
}

const MISSING_BODY = problemReply(
  {
    code: "request-invalid",
    detail: "The request has no body; send one as the contract describes.",
    errors: [{ detail: "a body is required", pointer: "#" }],
  },
  { check: "validate" },
);

const MAX_TYPE_CHARACTERS = 200;

/** @returns undefined if it is invalid. */
function contentTypeOf({ head, req }: Admitted): MediaType | undefined {
  const text = (head === undefined ? req.headers["content-type"] : head.contentType) ?? UNKNOWN_TYPE;
  if (text === JSON_MEDIA_TYPE) return PLAIN_JSON;
  return text.length > MAX_TYPE_CHARACTERS ? undefined : parseMediaType(text);
}

/** What a body without a Content-Type counts as (RFC 9110 §8.3). */
const UNKNOWN_TYPE = "application/octet-stream";

const PLAIN_JSON: MediaType = { essence: JSON_MEDIA_TYPE, parameters: new Map() };
