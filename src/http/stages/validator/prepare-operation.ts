import type { Request, Response } from "express";
import type { OpenApiRequest, OpenApiRequestMetadata } from "express-openapi-validator/dist/framework/types.js";
import type { Operation } from "../../../contract/model/operations.ts";
import type { Stage } from "../../stage.ts";
import type { MiddlewareParts } from "./middleware-parts.ts";
import type { Responder } from "./validator-document.ts";

/** What the validator found out about an operation, and expects on each of its requests. */
export type PreparedOperation = OpenApiRequestMetadata;

/**
 * Runs the validator's own matching once for `operation`, so that requests need not be matched twice, and compiles the
 * schemas that it would compile on the first request.
 * @throws Error when the validator finds no operation, or another one.
 */
export async function prepareOperation(
  parts: MiddlewareParts,
  operation: Operation,
  responder: Responder,
): Promise<PreparedOperation> {
  const req = createStubRequest(operation);
  const res = createStubResponse();
  await run(parts.pathParams, req, res);
  await run(parts.metadata, req, res);
  const { openapi } = req;
  const operationId = openapi?.schema.operationId;
  if (openapi === undefined || operationId !== operation.id) {
    throw new Error(`The validator reads ${operation.method} ${operation.path} as ${operationId}.`);
  }
  if (responder === "built-in") return openapi;

  // The stub request may be refused: all that matters is that the schemas are compiled.
  await run(parts.request, req, res).catch(ignoreRefusal);
  if (responder === "app-handler") await compileResponses(parts, req).catch(ignoreRefusal);
  return openapi;
}

function createStubRequest({ method, path, body }: Operation): OpenApiRequest {
  const url = path.replaceAll(/\{[^}]+\}/g, "x");
  // Only what the validator reads of a request; a real one would need a connection.
  return {
    method,
    path: url,
    url,
    originalUrl: url,
    baseUrl: "",
    headers: { "content-type": body?.mediaTypes[0] },
    query: {},
    // Where there is a discriminator, the validator reads the body without checking that there is one.
    body: body && {},
    app: { enabled: () => true, param: () => {} },
  } as unknown as OpenApiRequest;
}

function createStubResponse(json = () => {}): Response {
  // Only what the validator uses of a response.
  return { statusCode: 200, getHeaders: () => ({}), json } as unknown as Response;
}

/** Sends an empty object through the validator, which may accept it: then `json` of the stub is called. */
function compileResponses({ response }: MiddlewareParts, req: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    const res = createStubResponse(resolve);
    const sendEmpty = (error?: unknown) => {
      if (error !== undefined) return reject(error);
      try {
        res.json({});
      } catch (refusal) {
        reject(refusal);
      }
    };
    Promise.resolve(response(req, res, sendEmpty)).catch(reject);
  });
}

/** A refusal of the validator has an HTTP status. */
function ignoreRefusal(error: unknown) {
  const hasStatus = typeof error === "object" && error !== null && "status" in error;
  if (!hasStatus || typeof error.status !== "number") throw error;
}

function run(part: Stage, req: Request, res: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    Promise.resolve(part(req, res, (error) => (error ? reject(error) : resolve()))).catch(reject);
  });
}
