import express, { type Request, type RequestHandler, type Response } from "express";
import { operationOf } from "./exchange.ts";
import type { SendProblem } from "./send-problem.ts";

/** The largest body that is read, in bytes, after decompression. */
export const MAX_BODY_BYTES = 65_536;

/**
 * Reads and parses the body: only now that the key is admitted, and only where the operation has one.
 * What is not declared is left unread.
 */
export function body(sendProblem: SendProblem): RequestHandler {
  const readJson = express.json({ limit: MAX_BODY_BYTES, type: () => true });

  return (req, res, next) => {
    const declared = operationOf(req).body;
    if (declared === undefined || !hasBody(req)) {
      // The validator keeps compiled expressions for every content type that it meets: it must meet none but ours.
      delete req.headers["content-type"];
      if (!declared?.isRequired) return next();
      return sendProblem(req, res, MISSING_BODY);
    }

    const mediaType = essenceOf(req.headers["content-type"]);
    if (mediaType === undefined || !declared.mediaTypes.includes(mediaType)) {
      const detail = `Send the body as ${declared.mediaTypes.join(" or ")}.`;
      return sendProblem(req, res, { code: "media-type-unsupported", detail });
    }
    readJson(req, res, (error) => {
      req.headers["content-type"] = mediaType;
      if (error === undefined) next();
      else refuseBody({ req, res, error, sendProblem });
    });
  };
}

const MISSING_BODY = {
  code: "request-invalid",
  detail: "This operation needs a body; see /docs for what goes into it.",
  errors: [{ detail: "a body is required", pointer: "#" }],
} as const;

/** RFC 9112 §6: these two headers, and nothing else, announce a body. */
function hasBody(req: Request): boolean {
  return req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0;
}

/** `Application/JSON; charset=utf-8` → `application/json`. */
function essenceOf(contentType: string | undefined): string | undefined {
  return contentType?.split(";", 1)[0]?.trim().toLowerCase();
}

type UnreadBody = {
  readonly req: Request;
  readonly res: Response;
  readonly error: { readonly status?: number };
  readonly sendProblem: SendProblem;
};

/** The parser's own words quote the body, which may hold anything. */
function refuseBody({ req, res, error, sendProblem }: UnreadBody) {
  if (error.status === 413) {
    sendProblem(req, res, { code: "content-too-large", detail: `A body may have at most ${MAX_BODY_BYTES} bytes.` });
  } else if (error.status === 415) {
    sendProblem(req, res, { code: "media-type-unsupported", detail: "Send the body in UTF-8, plain or gzip-encoded." });
  } else {
    sendProblem(req, res, {
      code: "body-malformed",
      detail: "The body is not valid JSON: an object or an array, in UTF-8.",
    });
  }
}
