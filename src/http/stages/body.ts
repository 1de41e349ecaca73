import type { IncomingMessage, ServerResponse } from "node:http";
import { MIMEType } from "node:util";
import type { Request } from "express";
import type { OperationBody } from "../../contract/model/operations.ts";
import { type JsonError, parseStrictJson } from "../../lib/json/strict-json.ts";
import type { Problem } from "../../problem/problem.ts";
import { exchangeOf, operationOf } from "../message/exchange.ts";
import { type BytesOutcome, readBytes } from "../message/read-bytes.ts";
import { hasBody, MAX_BODY_BYTES, sendContinue } from "../message/unread-body.ts";
import type { ProblemFacts, SendProblem } from "../reply/send-problem.ts";
import type { Stage } from "../stage.ts";

/**
 * Reads and parses the body: only now that the key is admitted, and only where the operation has one.
 * What is not declared is left unread.
 */
export function body(sendProblem: SendProblem): Stage {
  return async (req, res, next) => {
    const declared = operationOf(req).body;
    if (declared === undefined || !hasBody(req)) {
      // The validator keeps compiled expressions for every content type that it meets: it must meet none but ours.
      delete req.headers["content-type"];
      if (!declared?.isRequired) return next();
      return sendProblem(req, res, MISSING_BODY);
    }

    const essence = essenceOf(req);
    if (essence !== undefined && isStreamed(declared, essence)) {
      exchangeOf(req).isBodyStreamed = true;
      delete req.headers["content-type"];
      return next();
    }
    const mediaType = mediaTypeOf(req);
    if (mediaType === undefined || !declared.mediaTypes.includes(mediaType)) {
      const detail = `Send the body as ${[...declared.mediaTypes, ...declared.streamedTypes].join(" or ")}, in UTF-8.`;
      return sendProblem(req, res, { code: "media-type-unsupported", detail });
    }
    const { bodyBytes } = exchangeOf(req);
    const outcome = bodyBytes
      ? { kind: "read" as const, bytes: bodyBytes }
      : await readBytes(req, () => sendContinue(req, res));
    if (outcome.kind !== "read") return sendUnread(req, res, outcome.kind, sendProblem);
    exchangeOf(req).bodyBytes = outcome.bytes;
    const problem = takeBody(req, outcome.bytes);
    if (problem !== undefined) return sendProblem(req, res, problem);
    // What is read leaves nothing behind that could be taken for the next request.
    exchangeOf(req).mayLeaveUnreadBody = false;
    req.headers["content-type"] = mediaType;
    next();
  };
}

/** Answers when a body could not be read. */
export function sendUnread(
  req: IncomingMessage,
  res: ServerResponse,
  kind: keyof typeof UNREAD,
  sendProblem: SendProblem,
) {
  sendProblem(req, res, UNREAD[kind], FACTS[kind]);
}

const MISSING_BODY = {
  code: "request-invalid",
  detail: "This operation needs a body; see /docs for what goes into it.",
  errors: [{ detail: "a body is required", pointer: "#" }],
} as const;

// The validator would look for the fields of nothing.
const NULL_BODY = {
  code: "request-invalid",
  detail: "The body must not be null; see /docs for what goes into it.",
  errors: [{ detail: "must not be null", pointer: "#" }],
} as const;

const LONGEST_TYPE = 200;

/** Does a body of this media type go on as it comes? Ranges as in Accept (RFC 9110 §12.5.1). */
function isStreamed({ streamedTypes }: OperationBody, essence: string): boolean {
  const [kind = ""] = essence.split("/");
  return ["*/*", `${kind}/*`, essence].some((type) => streamedTypes.includes(type));
}

/** `Application/JSON; charset=utf-8` → `application/json`; undefined when it is none, or in another charset. */
function mediaTypeOf(req: Request): string | undefined {
  const type = contentTypeOf(req);
  return /^utf-?8$/i.test(type?.params.get("charset") ?? "utf-8") ? type?.essence : undefined;
}

function essenceOf(req: Request): string | undefined {
  return contentTypeOf(req)?.essence;
}

function contentTypeOf(req: Request): MIMEType | undefined {
  const text = req.headers["content-type"] ?? "";
  // Node takes its time with long ones.
  if (text.length > LONGEST_TYPE) return undefined;
  try {
    return new MIMEType(text);
  } catch {
    return undefined;
  }
}

function takeBody(req: Request, bytes: Buffer): Problem | undefined {
  const outcome = parseStrictJson(bytes);
  if (outcome.kind === "refused") return { code: "body-malformed", detail: OBJECTIONS[outcome.violation] };
  if (outcome.value === null) return NULL_BODY;
  req.body = outcome.value;
  return undefined;
}

const OBJECTIONS: Readonly<Record<JsonError, string>> = {
  encoding: "The body is not valid UTF-8; send it in UTF-8, without a byte order mark.",
  syntax: "The body is not valid JSON; check what your client sends.",
  "duplicate-name": "An object in the body has a name twice; send each once.",
  characters: "A text in the body holds U+0000 or half of a surrogate pair; leave it out.",
  depth: "The body nests too deeply; at most 32 objects and arrays may stand within each other.",
};

const UNREAD = {
  "too-large": { code: "content-too-large", detail: `A body may have at most ${MAX_BODY_BYTES} bytes.` },
  "encoding-unknown": {
    code: "media-type-unsupported",
    detail: "Send the body plain, or encoded with gzip, deflate or br.",
  },
  late: { code: "request-timeout", detail: "The body must arrive within 5 seconds." },
  broken: { code: "body-malformed", detail: "The body ended early, or is not what its Content-Encoding says." },
} as const satisfies Record<Exclude<BytesOutcome["kind"], "read">, Problem>;

/** What goes with it. RFC 9110 §12.5.3: whoever sent an unknown encoding is told those that are known. */
const FACTS: Partial<Record<keyof typeof UNREAD, ProblemFacts>> = {
  "encoding-unknown": { headers: { "Accept-Encoding": "gzip, deflate, br" } },
};
