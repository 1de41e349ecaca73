import { MIMEType } from "node:util";
import type { OperationBody } from "../../contract/model/operations.ts";
import { JSON_MEDIA_TYPE } from "../../lib/http/media-types.ts";
import { type JsonViolation, parseStrictJson } from "../../lib/json/strict-json.ts";
import type { Problem } from "../../problem/problem.ts";
import { type Admitted, type Exchange, recordOf } from "../message/exchange.ts";
import { type BytesOutcome, readBytes } from "../message/read-bytes.ts";
import { readPlainBody } from "../message/read-plain-body.ts";
import { hasBody, MAX_BODY_BYTES, sendContinue } from "../message/unread-body.ts";
import { problemReply, type Reply } from "../reply/reply.ts";
import type { Stage } from "./stage.ts";

/**
 * Reads and parses the body, after the key is admitted and only if the operation declares a body. Any other body is left
 * unread.
 */
export function body(): Stage<Admitted> {
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
      if (type !== undefined && isStreamed(declared, type.essence)) {
        record.body = { kind: "streamed" };
        return undefined;
      }
      const mediaType = type?.isUtf8 ? type.essence : undefined;
      if (mediaType === undefined || !declared.mediaTypes.includes(mediaType)) return unsupportedType(declared);
      return readJson(record, mediaType);
    },
  };
}

const NO_BODY = { kind: "none" } as const;

async function readJson(record: Exchange, mediaType: string): Promise<Reply | undefined> {
  const outcome = await readBody(record);
  if (outcome.kind !== "read")
    return problemReply(UNREAD[outcome.kind], { headers: UNREAD_HEADERS[outcome.kind] ?? {} });
  const { bytes } = outcome;
  const json = parseStrictJson(bytes);
  if (json.kind === "refused") return problemReply({ code: "body-malformed", detail: JSON_DETAILS[json.violation] });
  if (json.value === null) return NULL_BODY;
  // All of the body is read, so none of it can be taken for the next request.
  record.mayLeaveUnreadBody = false;
  record.body = { kind: "read", bytes, mediaType, value: json.value };
  return undefined;
}

function readBody(record: Exchange): Promise<BytesOutcome> {
  const { head, req } = record;
  const isPlain = head !== undefined && head.contentLength <= MAX_BODY_BYTES;
  return isPlain ? readPlainBody(req) : readBytes(req, () => sendContinue(record));
}

function unsupportedType({ mediaTypes, streamedTypes }: OperationBody): Reply {
  const detail = `The Content-Type of the body is not supported; send ${[...mediaTypes, ...streamedTypes].join(" or ")}, in UTF-8.`;
  return problemReply({ code: "media-type-unsupported", detail });
}

const MISSING_BODY = problemReply(
  {
    code: "request-invalid",
    detail: "The request has no body; send one as described in /docs.",
    errors: [{ detail: "a body is required", pointer: "#" }],
  },
  { check: "validate" },
);

// The validator fails when it looks for the fields of null.
const NULL_BODY = problemReply(
  {
    code: "request-invalid",
    detail: "The body is null; send one as described in /docs.",
    errors: [{ detail: "must not be null", pointer: "#" }],
  },
  { check: "validate" },
);

const MAX_TYPE_CHARACTERS = 200;

/** Whether a body of this media type is streamed to the upstream. Ranges as in Accept (RFC 9110 §12.5.1). */
function isStreamed({ streamedTypes }: OperationBody, essence: string): boolean {
  const [kind = ""] = essence.split("/");
  return ["*/*", `${kind}/*`, essence].some((type) => streamedTypes.includes(type));
}

/** Of a Content-Type, such as `Application/JSON; charset=utf-8`. */
type ContentType = {
  /** In lower case and without parameters. */
  readonly essence: string;
  readonly isUtf8: boolean;
};

/** @returns undefined if it is missing or invalid. */
function contentTypeOf({ head, req }: Admitted): ContentType | undefined {
  const text = (head === undefined ? req.headers["content-type"] : head.contentType) ?? "";
  if (text === JSON_MEDIA_TYPE) return PLAIN_JSON;
  // Node is slow at parsing long ones.
  if (text.length > MAX_TYPE_CHARACTERS) return undefined;
  try {
    const { essence, params } = new MIMEType(text);
    return { essence, isUtf8: /^utf-?8$/i.test(params.get("charset") ?? "utf-8") };
  } catch {
    return undefined;
  }
}

const PLAIN_JSON: ContentType = { essence: JSON_MEDIA_TYPE, isUtf8: true };

const JSON_DETAILS: Readonly<Record<JsonViolation, string>> = {
  encoding: "The body is not valid UTF-8; send it in UTF-8, without a byte order mark.",
  syntax: "The body is not valid JSON; check the text that your client sends.",
  "duplicate-name": "An object in the body has the same name twice; send each name once.",
  characters: "A string in the body contains U+0000 or half of a surrogate pair; remove it.",
  depth: "The body is nested too deeply; use at most 32 levels of objects and arrays.",
};

const UNREAD = {
  "too-large": { code: "content-too-large", detail: `The body is too large; send at most ${MAX_BODY_BYTES} bytes.` },
  "encoding-unknown": {
    code: "media-type-unsupported",
    detail: "The Content-Encoding of the body is not supported; use gzip, deflate or br, or none.",
  },
  late: { code: "request-timeout", detail: "The body did not arrive within 5 seconds; send it again." },
  broken: {
    code: "body-malformed",
    detail: "The body ended early, or does not match its Content-Encoding; check what your client sends.",
  },
} as const satisfies Record<Exclude<BytesOutcome["kind"], "read">, Problem>;

/** RFC 9110 §12.5.3: the response to an unsupported encoding names those that are supported. */
const UNREAD_HEADERS: Partial<Record<keyof typeof UNREAD, Readonly<Record<string, string>>>> = {
  "encoding-unknown": { "Accept-Encoding": "gzip, deflate, br" },
};
