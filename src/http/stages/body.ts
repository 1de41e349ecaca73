import { isLikeAscii, isUtf8, type MediaType, parseMediaType } from "../../contract/model/bodies/media-types.ts";
import { type BodyMedia, type BodyReading, findBodyMedia } from "../../contract/model/bodies/operation-body.ts";
import { JSON_MEDIA_TYPE } from "../../lib/http/media-types.ts";
import type { BodyBudget } from "../message/body-budget.ts";
import { type Admitted, recordOf } from "../message/exchange.ts";
import { hasBody } from "../message/unread-body.ts";
import { problemReply, type Reply } from "../reply/reply.ts";
import type { BodyReader, BodyReaderDeps } from "./bodies/body-reader.ts";
import { readJson } from "./bodies/json-body.ts";
import { readMultipart } from "./bodies/multipart-body.ts";
import { contentLengthOf, readBody } from "./bodies/read-body.ts";
import { readForm, readTextBody } from "./bodies/text-body.ts";
import type { Stage } from "./stage.ts";

export type BodyDeps = BodyReaderDeps & {
  /** The largest body that is read, in bytes, where an operation says nothing else. */
  readonly maxBytes: number;
};

/** Reads and parses the body, after the key is admitted. Where the operation declares none, a request must not have one. */
export function body(deps: BodyDeps): Stage<Admitted> {
  return {
    check: "body",
    run: (exchange) => {
      const declared = exchange.operation.body;
      const record = recordOf(exchange);
      if (!hasBody(exchange)) {
        record.body = NO_BODY;
        return declared?.isRequired ? MISSING_BODY : undefined;
      }
      if (declared === undefined) return refuseUndeclared(exchange, deps.budget);
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

/**
 * Refuses a body that the contract does not know, since what nothing has checked must not reach a handler. Many clients send
 * `{}` with every `POST`, or announce a body and send none: what says nothing is left out instead.
 */
function refuseUndeclared(exchange: Admitted, budget: BodyBudget): Reply | Promise<Reply | undefined> {
  const record = recordOf(exchange);
  if (contentLengthOf(record) > MAX_EMPTY_BYTES) return UNDECLARED_BODY;
  return readBody(exchange, MAX_EMPTY_BYTES, budget).then((outcome) => {
    if (outcome.kind !== "read") return outcome.problem.code === "content-too-large" ? UNDECLARED_BODY : outcome;
    if (!EMPTY_BODIES.includes(outcome.bytes.toString("latin1").trim())) return UNDECLARED_BODY;
    record.body = NO_BODY;
    return undefined;
  });
}

const EMPTY_BODIES = ["", "{}", "null"];

/** With room for blanks. */
const MAX_EMPTY_BYTES = 16;

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

const UNDECLARED_BODY = problemReply(
  {
    code: "request-invalid",
    detail: "The operation takes no body; send the request without one. The operator can declare it with requestBody.",
    errors: [{ detail: "a body is not declared", pointer: "#" }],
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
