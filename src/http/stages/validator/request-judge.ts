import type { NextFunction, Response } from "express";
import type { OpenApiRequest } from "express-openapi-validator/dist/framework/types.js";
import type { JsonObject } from "../../../contract/document/json.ts";
import type { JudgedBody, JudgedRequest, Judgement, Parameters } from "../../../contract/judge/judge.ts";
import type { ParameterJudge } from "../../../contract/judge/parameters/compiled-parameters.ts";
import type { Operation } from "../../../contract/model/operations.ts";
import { toInvalidRequest } from "./invalid-request.ts";
import { ONLY_PATH, type OperationDocument } from "./operation-document.ts";
import { validatedType } from "./validated-operation.ts";
import type { ValidatorParts } from "./validator-parts.ts";

export type JudgeRequest = (request: JudgedRequest) => Judgement;

/**
 * Compiles what is needed to judge requests for `operation`: the validator decides about the body, and `parameters` about
 * the rest (docs/decisions/0028).
 * @throws Error when a schema cannot be compiled.
 */
export function createJudgeRequest(
  parts: ValidatorParts,
  operation: Operation,
  operationDocument: OperationDocument,
  parameters: ParameterJudge,
): JudgeRequest {
  const validate = createValidate(parts, operation, operationDocument);
  return (request) => {
    const values = parameters.read(request);
    if (values === undefined) return parameters.explain(request);
    return request.body === undefined
      ? { kind: "valid", parameters: values, body: undefined }
      : validate(request.body, values);
  };
}

/** The validator reads nothing of a response while it judges a request. */
const RES = {} as Response;

function createValidate(
  parts: ValidatorParts,
  operation: Operation,
  { document, operation: schema }: OperationDocument,
) {
  const { apiDoc } = parts.preprocess(document);
  const validator = new parts.RequestValidator(apiDoc, parts.ajvOptions.request);

  return (body: JudgedBody, parameters: Parameters): Judgement => {
    const req = toStub(operation, body, schema);
    let isValid = false;
    const next: NextFunction = (error?: unknown) => {
      isValid = error === undefined;
    };
    try {
      // Only its type says that it may return a promise.
      const unfinished = validator.validate(req, RES, next);
      if (unfinished !== undefined) isValid = false;
    } catch (error) {
      const invalid = toInvalidRequest(error);
      if (invalid === undefined) throw error;
      return invalid;
    }
    if (!isValid) throw new Error(`The validator did not decide about a request for ${operation.id}.`);
    return { kind: "valid", parameters, body: req.body };
  };
}

/** The parts of a request that the validator reads. */
function toStub(operation: Operation, body: JudgedBody, schema: JsonObject): OpenApiRequest {
  // The validator keeps what it compiles for every media type that it sees, so it must only see declared ones.
  const type = validatedType(operation, body.mediaType);
  if (type === undefined) {
    throw new Error(`The operation ${operation.id} does not declare the media type of this body.`);
  }
  return {
    method: operation.method,
    // Where the discriminator of a body is wrong, the validator reports the error at this path.
    path: "/body",
    originalUrl: ONLY_PATH,
    headers: { "content-type": type },
    query: {},
    params: {},
    body: body.value,
    openapi: { expressRoute: ONLY_PATH, openApiRoute: ONLY_PATH, pathParams: {}, schema },
    // Only what the validator reads of a request.
  } as unknown as OpenApiRequest;
}
