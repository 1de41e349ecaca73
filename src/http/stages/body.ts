import type { IncomingMessage, ServerResponse } from "node:http";
import { MIMEType } from "node:util";
import type { Request } from "express";
import type { OperationBody } from "../../contract/model/operations.ts";
import { type JsonViolation, parseStrictJson } from "../../lib/json/strict-json.ts";
import type { Problem } from "../../problem/problem.ts";
import { exchangeOf, operationOf } from "../message/exchange.ts";
import { type BytesOutcome, readBytes } from "../message/read-bytes.ts";
import { hasBody, MAX_BODY_BYTES, sendContinue } from "../message/unread-body.ts";
import type { ProblemFacts, SendProblem } from "../reply/send-problem.ts";
import type { Stage } from "../stage.ts";

/**
 * Reads and parses the body, after the key is admitted and only if the operation declares a body. Any other body is left
 * unread.
 */
export function body(sendProblem: SendProblem): Stage {
  return async (req, res, next) => {
    const declared = operationOf(req).body;
    if (declared === undefined || !hasBody(req)) {
      // The validator caches its checks for every content type that it sees, so it must only see declared ones.
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
      const detail = `The Content-Type of the body is not supported; send ${[...declared.mediaTypes, ...declared.streamedTypes].join(" or ")}, in UTF-8.`;
      return sendProblem(req, res, { code: "media-type-unsupported", detail });
    }
    const { bodyBytes } = exchangeOf(req);
    const outcome = bodyBytes
      ? { kind: "read" as const, bytes: bodyBytes }
      : await readBytes(req, () => sendContinue(req, res));
    if (outcome.kind !== "read") return sendBodyProblem(req, res, outcome.kind, sendProblem);
    exchangeOf(req).bodyBytes = outcome.bytes;
    const problem = parseBody(req, outcome.bytes);
    if (problem !== undefined) return sendProblem(req, res, problem);
    // All of the body is read, so none of it can be taken for the next request.
    exchangeOf(req).mayLeaveUnreadBody = false;
    req.headers["content-type"] = mediaType;
    next();
  };
}

/** Responds to a body that could not be read. */
export function sendBodyProblem(
  req: IncomingMessage,
  res: ServerResponse,
  kind: keyof typeof UNREAD,
  sendProblem: SendProblem,
) {
  sendProblem(req, res, UNREAD[kind], UNREAD_FACTS[kind]);
}

const MISSING_BODY = {
  code: "request-invalid",
  detail: "The request has no body; send one as described in /docs.",
  errors: [{ detail: "a body is required", pointer: "#" }],
} as const;

// The validator fails when it looks for the fields of null.
const NULL_BODY = {
  code: "request-invalid",
  detail: "The body is null; send one as described in /docs.",
  errors: [{ detail: "must not be null", pointer: "#" }],
} as const;

const MAX_TYPE_CHARACTERS = 200;

/** Whether a body of this media type is streamed to the upstream. Ranges as in Accept (RFC 9110 §12.5.1). */
function isStreamed({ streamedTypes }: OperationBody, essence: string): boolean {
  const [kind = ""] = essence.split("/");
  return ["*/*", `${kind}/*`, essence].some((type) => streamedTypes.includes(type));
}

/** `Application/JSON; charset=utf-8` → `application/json`; undefined if it is invalid or has another charset. */
function mediaTypeOf(req: Request): string | undefined {
  const type = contentTypeOf(req);
  return /^utf-?8$/i.test(type?.params.get("charset") ?? "utf-8") ? type?.essence : undefined;
}

function essenceOf(req: Request): string | undefined {
  return contentTypeOf(req)?.essence;
}

function contentTypeOf(req: Request): MIMEType | undefined {
  const text = req.headers["content-type"] ?? "";
  // Node is slow at parsing long ones.
  if (text.length > MAX_TYPE_CHARACTERS) return undefined;
  try {
    return new MIMEType(text);
  } catch {
    return undefined;
  }
}

function parseBody(req: Request, bytes: Buffer): Problem | undefined {
  const outcome = parseStrictJson(bytes);
  if (outcome.kind === "refused") return { code: "body-malformed", detail: JSON_DETAILS[outcome.violation] };
  if (outcome.value === null) return NULL_BODY;
  req.body = outcome.value;
  return undefined;
}

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
const UNREAD_FACTS: Partial<Record<keyof typeof UNREAD, ProblemFacts>> = {
  "encoding-unknown": { headers: { "Accept-Encoding": "gzip, deflate, br" } },
};
