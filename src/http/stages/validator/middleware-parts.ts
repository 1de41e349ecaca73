import * as OpenApiValidator from "express-openapi-validator";
import { authorize } from "../../../auth/authorize.ts";
import type { JsonObject } from "../../../contract/document/json.ts";
import { isUrl } from "../../../contract/model/formats.ts";
import type { KeySchemes } from "../../../contract/model/schemes.ts";
import { exchangeOf } from "../../message/exchange.ts";
import type { Stage } from "../../stage.ts";

/** The parts of express-openapi-validator's middleware, to be run one by one: see docs/decisions/0001. */
export type MiddlewareParts = {
  /** These two find the operation of a request; they run at the start only. */
  readonly pathParams: Stage;
  readonly metadata: Stage;
  readonly security: Stage;
  readonly request: Stage;
  /** Wraps `res.json`, to check what is sent with it. */
  readonly response: Stage;
};

/** @throws Error when the validator refuses the contract, or has no such parts any more. */
export function createMiddlewareParts(document: JsonObject, schemes: KeySchemes): MiddlewareParts {
  const middleware = OpenApiValidator.middleware({
    // The validator checks the document itself; its type cannot be proven before that.
    apiSpec: document as never,
    validateRequests: true,
    // Not "all": that would also remove the entries of maps with free names, such as metadata.
    validateResponses: { removeAdditional: true },
    validateSecurity: { handlers: Object.fromEntries(Object.keys(schemes).map((name) => [name, checkScheme])) },
    ajvFormats: { mode: "full" },
    formats: { url: { type: "string", validate: isUrl } },
    serDes: PLAIN_DATES,
    fileUploader: false,
  });
  const part = (name: string): Stage => {
    const found = middleware.find((one) => one.name === name);
    if (found === undefined) throw new Error(`This version of the validator has no part ${name}.`);
    return found;
  };
  return {
    pathParams: part("pathParamsMiddleware"),
    metadata: part("metadataMiddleware"),
    security: part("securityMiddleware"),
    request: part("requestMiddleware"),
    response: part("responseMiddleware"),
  };
}

/**
 * Dates stay texts: handlers reply with texts. The validator's own serializers would also keep all that Ajv built for
 * each schema, 0.3 MB for an operation.
 */
const PLAIN_DATES = [{ format: "date" }, { format: "date-time" }];

/** Whether the caller meets one security scheme. The exchange keeps the outcome, from which the refusal is made. */
function checkScheme(req: object, scopes: readonly string[]): boolean {
  const exchange = exchangeOf(req);
  const outcome = authorize(exchange.identity ?? { kind: "none" }, scopes);
  // The validator tries every alternative of a requirement, but one that admits the request is enough.
  if (exchange.outcome?.kind !== "admitted") Object.assign(exchange, { scopes, outcome });
  return outcome.kind === "admitted";
}
