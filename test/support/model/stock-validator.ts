import type { NextFunction, Request, Response } from "express";
import * as OpenApiValidator from "express-openapi-validator";
import type { OpenApiRequest } from "express-openapi-validator/dist/framework/types.js";
import type { JsonObject } from "../../../src/contract/document/json.ts";
import { isUrl } from "../../../src/contract/model/formats.ts";
import type { Operation } from "../../../src/contract/model/operations.ts";

type Part = (req: Request, res: Response, next: NextFunction) => unknown;

/** What the validator's middleware leaves of a request, or the error with which it ends. */
export type StockOutcome = { readonly req: OpenApiRequest } | { readonly error: unknown };

export type StockValidator = {
  /** @param req see `aStockRequest`. */
  readonly validate: (operation: Operation, req: Request) => Promise<StockOutcome>;
  /** Sends a JSON body as the response to the operation; resolves with what is left of it, or with the error. */
  readonly reply: (
    operation: Operation,
    status: number,
    body: unknown,
  ) => Promise<{ body: unknown } | { error: unknown }>;
};

/** express-openapi-validator as its package offers it: one middleware for the whole document. */
export function createStockValidator(document: JsonObject): StockValidator {
  const middleware = OpenApiValidator.middleware({
    // The validator checks the document itself.
    apiSpec: document as never,
    validateRequests: true,
    validateResponses: { removeAdditional: true },
    validateSecurity: false,
    ajvFormats: { mode: "full" },
    formats: { url: { type: "string", validate: isUrl } },
    serDes: [{ format: "date" }, { format: "date-time" }],
    fileUploader: false,
  }) as unknown as readonly Part[];
  const part = (name: string) => {
    const found = middleware.find((one) => one.name === name);
    if (found === undefined) throw new Error(`The validator has no part ${name}.`);
    return found;
  };
  const match = [part("pathParamsMiddleware"), part("metadataMiddleware")];

  const matched = async (operation: Operation, req: Request): Promise<OpenApiRequest> => {
    for (const one of match) await run(one, req, {} as Response);
    const { openapi } = req as OpenApiRequest;
    if (openapi?.schema.operationId !== operation.id) throw new Error(`The validator does not match ${operation.id}.`);
    return req as OpenApiRequest;
  };
  return {
    validate: async (operation, req) => {
      try {
        await run(part("requestMiddleware"), await matched(operation, req), {} as Response);
        return { req: req as OpenApiRequest };
      } catch (error) {
        return { error };
      }
    },
    reply: async (operation, status, body) => {
      const path = operation.path.replaceAll(/\{[^}]+\}/g, "x");
      const req = await matched(operation, aStockRequest(operation, { path, query: {}, headers: {}, body: undefined }));
      return new Promise((resolve) => {
        const json = (left: unknown) => resolve({ body: left });
        const getHeaders = () => ({ "content-type": "application/json" });
        const res = { statusCode: status, headersSent: false, getHeaders, json } as unknown as Response;
        const next = (error?: unknown) => (error === undefined ? res.json(body) : resolve({ error }));
        Promise.resolve(part("responseMiddleware")(req, res, next)).catch((error: unknown) => resolve({ error }));
      });
    },
  };
}

type Sent = {
  readonly path: string;
  readonly query: { readonly [name: string]: unknown };
  readonly headers: { readonly [name: string]: unknown };
  readonly body: unknown;
};

/** What the middleware reads of a request. */
export function aStockRequest({ method }: Operation, { path, query, headers, body }: Sent): Request {
  const app = { enabled: () => true, param: () => {} };
  // The middleware matches `originalUrl`; `path` is where it reports a wrong discriminator. A real request would need a
  // connection.
  return {
    method,
    path: "/body",
    url: path,
    originalUrl: path,
    baseUrl: "",
    headers,
    query,
    params: {},
    body,
    app,
  } as never;
}

function run(part: Part, req: Request, res: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    Promise.resolve(part(req, res, (error?: unknown) => (error ? reject(error) : resolve()))).catch(reject);
  });
}
