import type { Request, Response } from "express";
import { asRecord, type JsonObject } from "../../../contract/document/json.ts";
import type { JudgedReply } from "../../../contract/judge/judge.ts";
import { JSON_TYPE } from "../../../contract/model/bodies/media-types.ts";
import type { Operation } from "../../../contract/model/operations.ts";
import { ONLY_PATH } from "./operation-document.ts";
import { REPLY_OPTIONS, type ValidatorParts } from "./validator-parts.ts";

/** @returns the body without undeclared fields. @throws when the reply does not match the contract. */
export type JudgeReply = (reply: Omit<JudgedReply, "operation">) => unknown;

/** Prepares the validator for the replies of one operation, and of those for one declared status. */
export function createJudgeReply(
  { ajvOptions, preprocess, ResponseValidator }: ValidatorParts,
  operation: Operation,
  document: JsonObject,
): JudgeReply {
  const { apiDocRes } = preprocess(document, REPLY_OPTIONS);
  const replaceJson = new ResponseValidator(apiDocRes, ajvOptions.response, REPLY_OPTIONS, SERIAL).validate();
  const paths = asRecord(asRecord(apiDocRes)["paths"]);
  const schema = asRecord(paths[ONLY_PATH])[operation.method.toLowerCase()];
  const openapi = { expressRoute: ONLY_PATH, serial: SERIAL, _responseSchema: schema };
  // Only what the validator reads of a request.
  const req = { method: operation.method, originalUrl: ONLY_PATH, headers: {}, openapi } as unknown as Request;

  return ({ status, mediaType, body }) => {
    const verdict: { error?: unknown; sent?: { readonly body: unknown } } = {};
    const res = createStubResponse(status, mediaType, (checked) => {
      verdict.sent = { body: checked };
    });
    replaceJson(req, res, (error?: unknown) => {
      if (error !== undefined) verdict.error = error;
    });
    res.json(body);
    if (verdict.error !== undefined) throw verdict.error;
    if (verdict.sent === undefined) throw new Error(`The validator did not decide about a reply to ${operation.id}.`);
    return verdict.sent.body;
  };
}

/** The validator compares this number of a document with that of a request; here each has its own document. */
const SERIAL = 1;

/** The name under which an operation declares responses with this status; undefined if it does not. */
export function declaredStatus({ responses }: Operation, status: number): string | undefined {
  return [`${status}`, `${Math.floor(status / 100)}XX`, "default"].find((name) => Object.hasOwn(responses, name));
}

/** Whether the validator has nothing to check in this body. */
export function isOpaque({ mediaType, body }: Pick<JudgedReply, "mediaType" | "body">): boolean {
  const isUnparsed = typeof body === "string" || body instanceof Uint8Array;
  return isUnparsed && !JSON_TYPE.test((mediaType.split(";", 1)[0] ?? "").trim().toLowerCase());
}

/** The parts of a response that the validator reads; it replaces `json`. */
function createStubResponse(status: number, mediaType: string, json: (body: unknown) => void): Response {
  return {
    statusCode: status,
    headersSent: false,
    getHeaders: () => ({ "content-type": mediaType }),
    json,
    // Only what the validator uses of a response.
  } as unknown as Response;
}
