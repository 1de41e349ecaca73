import type { NextFunction, Request, Response } from "express";
import * as OpenApiValidator from "express-openapi-validator";
import { authorize, type Outcome } from "../../../auth/authorize.ts";
import type { JsonObject } from "../../../contract/document/json.ts";
import { isUrl } from "../../../contract/model/formats.ts";
import type { Operation } from "../../../contract/model/operations.ts";
import type { Carrier, KeySchemes } from "../../../contract/model/schemes.ts";
import { exchangeOf, operationOf } from "../../message/exchange.ts";
import { pathOf } from "../../message/target.ts";
import type { Refuse } from "../../reply/refusals.ts";
import type { Stage } from "../../stage.ts";
import { type Responder, toValidatorDocument } from "./validator-document.ts";

/** The validator, taken apart into the steps that this service runs in its own order. */
export type Validator = {
  /** Lets the validator enforce the security of the operation. */
  readonly authorize: Stage;
  /** Lets the validator check parameters and body. */
  readonly validate: Stage;
  /** Lets it check the parameters of a request whose body is not here. */
  readonly validateParameters: Stage;
  /** Lets the validator watch `res.json`: undeclared statuses become faults, undeclared fields are left out. */
  readonly watchReply: Stage;
};

/** What the validator prepares for an operation and wants to find on the request: see docs/decisions/0001. */
type Prepared = { readonly openapi: Readonly<Record<string, unknown>> };

/** Tells the validator that a key was presented, where it looks for one; never which. */
const PRESENTED = "presented";

/**
 * Prepares the validator for every operation, so that a contract that it cannot use stops the start. The built-in
 * operations are compiled on their first request: a test compiles all of them, and most services never need most of them.
 * @param responderOf what sends the answers of an operation: those of an upstream or of routes do not pass through here.
 * @throws Error when the validator refuses the contract or does not find an operation in it.
 */
export async function createValidator(
  document: JsonObject,
  operations: readonly Operation[],
  schemes: KeySchemes,
  refuse: Refuse,
  responderOf: (id: string) => Responder = () => "built-in",
): Promise<Validator> {
  const parts = takeApart(toValidatorDocument(document, responderOf), schemes);
  const prepared = new Map<string, Prepared>();
  for (const operation of operations)
    prepared.set(operation.id, await prepare(parts, operation, responderOf(operation.id)));

  const validate: Stage = (req, res, next) => {
    const showQuery = hideQuery(req);
    const removeNames = tellBracketedNames(req);
    return parts.request(req, res, (error?: unknown) => {
      removeNames();
      showQuery();
      next(error);
    });
  };

  return {
    authorize: (req, res, next) => {
      restore(req, prepared);
      return withMarkers(req, schemes, (removeMarkers) =>
        parts.security(req, res, (error?: unknown) => {
          removeMarkers();
          admitOrRefuse({ req, res, next, error, refuse });
        }),
      );
    },
    validate,
    validateParameters: (req, res, next) => {
      leaveOutBody(req);
      return validate(req, res, next);
    },
    watchReply: parts.response,
  };
}

/**
 * Handlers reply with texts, and a `Date` is a fault. The validator's own serializers would be of no use, and each
 * keeps all that Ajv built for its schema: 0.3 MB for an operation.
 */
const TEXT_AS_IT_IS = [{ format: "date" }, { format: "date-time" }];

function takeApart(document: JsonObject, schemes: KeySchemes) {
  const middleware = OpenApiValidator.middleware({
    apiSpec: document as never,
    validateRequests: true,
    // Not "all": that would also empty maps whose names people choose, such as metadata.
    validateResponses: { removeAdditional: true },
    validateSecurity: { handlers: Object.fromEntries(Object.keys(schemes).map((name) => [name, decide])) },
    ajvFormats: { mode: "full" },
    formats: { url: { type: "string", validate: isUrl } },
    serDes: TEXT_AS_IT_IS,
    fileUploader: false,
  });
  const part = (name: string): Stage => {
    const found = middleware.find((one) => one.name === name);
    if (found === undefined) throw new Error(`This version of the validator has no part ${name}.`);
    return found as unknown as Stage;
  };
  return {
    pathParams: part("pathParamsMiddleware"),
    metadata: part("metadataMiddleware"),
    security: part("securityMiddleware"),
    request: part("requestMiddleware"),
    response: part("responseMiddleware"),
  };
}

/** The validator's question about one scheme; the answer is kept, so that the refusal can say why. */
function decide(req: object, scopes: readonly string[]): boolean {
  const exchange = exchangeOf(req);
  const outcome = authorize(exchange.identity ?? { kind: "none" }, scopes);
  // Of several alternatives one is enough; the validator asks for all of them.
  if (exchange.outcome?.kind !== "admitted") Object.assign(exchange, { scopes, outcome });
  return outcome.kind === "admitted";
}

type Decided = {
  readonly req: Request;
  readonly res: Response;
  readonly next: NextFunction;
  readonly error: unknown;
  readonly refuse: Refuse;
};

function admitOrRefuse({ req, res, next, error, refuse }: Decided) {
  const exchange = exchangeOf(req);
  const { isPublic } = operationOf(req);
  // The validator asks nobody when it finds no key, so the refusal is still to be made.
  const outcome: Outcome = exchange.outcome ?? authorize(exchange.identity ?? { kind: "none" }, []);
  // A key in a URL where none belongs is refused even if the operation needs none.
  if (isPublic && outcome.kind !== "key-in-query") return next(error);
  if (outcome.kind !== "admitted") return refuse(req, res, outcome);
  // Both have to say yes. That only one did is a fault, and a fault admits nobody.
  next(error ?? (exchange.outcome ? undefined : new Error("The validator admitted a request without asking.")));
}

/** Runs the validator's own matching once for `operation`, and compiles what it would compile on a first request. */
async function prepare(
  parts: ReturnType<typeof takeApart>,
  operation: Operation,
  responder: Responder,
): Promise<Prepared> {
  const path = operation.path.replaceAll(/\{[^}]+\}/g, "x");
  const req = {
    method: operation.method,
    path,
    url: path,
    originalUrl: path,
    baseUrl: "",
    headers: { "content-type": operation.body?.mediaTypes[0] },
    query: {},
    // With a discriminator the validator looks into the body before it looks whether there is one.
    body: operation.body && {},
    app: { enabled: () => true, param: () => {} },
  } as unknown as Request & Prepared;
  const res = { statusCode: 200, getHeaders: () => ({}) } as unknown as Response;

  await run(parts.pathParams, req, res);
  await run(parts.metadata, req, res);
  const { schema } = req.openapi as { schema?: { operationId?: string } };
  if (schema?.operationId !== operation.id) {
    throw new Error(`The validator reads ${operation.method} ${operation.path} as ${schema?.operationId}.`);
  }
  const prepared = { openapi: req.openapi };
  if (responder === "built-in") return prepared;

  // The stub request is no valid one; what counts is that the expressions behind it are compiled.
  await run(parts.request, req, res).catch(ignoreRefusal);
  if (responder === "app-handler") await prepareAnswer(parts, req, res).catch(ignoreRefusal);
  return prepared;
}

/** The empty object may be an answer that the contract declares: then the stub is told to send it. */
function prepareAnswer({ response }: ReturnType<typeof takeApart>, req: Request, res: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    const stub = { ...res, json: () => resolve() } as unknown as Response;
    const ask = (error?: unknown) => {
      if (error !== undefined) return reject(error);
      try {
        stub.json({});
      } catch (violation) {
        reject(violation);
      }
    };
    Promise.resolve(response(req, stub, ask)).catch(reject);
  });
}

function ignoreRefusal(error: unknown) {
  if (typeof (error as { status?: unknown }).status !== "number") throw error;
}

function run(part: Stage, req: Request, res: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    Promise.resolve(part(req, res, (error) => (error ? reject(error) : resolve()))).catch(reject);
  });
}

/** Puts what the validator prepared at the start onto the request, with the parameters of this one. */
function restore(req: Request, prepared: ReadonlyMap<string, Prepared>) {
  const { operation, pathParams } = exchangeOf(req);
  const openapi = operation && prepared.get(operation.id)?.openapi;
  if (openapi === undefined) throw new Error("This request matched no prepared operation.");
  Object.assign(req, { openapi: { ...openapi, pathParams: { ...pathParams } } });
}

/**
 * Leaves the validator nothing but the decoded parameters. In a query as it was sent it refuses `+` for a blank, `:`, `*` and
 * their like, which may stand there as they are (RFC 3986 §3.4), and which most clients write like that.
 */
function hideQuery(req: Request): () => void {
  const target = req.originalUrl;
  req.originalUrl = pathOf(target);
  return () => {
    req.originalUrl = target;
  };
}

/**
 * Tells the validator which names keep their brackets. It looks for them here, where nothing of it ever puts them, and
 * keeps what it found by `path`: so that is the names themselves.
 */
function tellBracketedNames(req: Request): () => void {
  const { bracketedParameters } = operationOf(req);
  if (bracketedParameters.length === 0 || "_openapi" in req.query) return () => {};
  const parameters = bracketedParameters.map((name) => ({ in: "query", name }));
  const value = { schema: { path: JSON.stringify(bracketedParameters), parameters } };
  Object.defineProperty(req.query, "_openapi", { value, enumerable: false, configurable: true });
  return () => Reflect.deleteProperty(req.query, "_openapi");
}

/**
 * Makes the validator look for no body, which it keeps apart from requests with one by their content type. Those that
 * may leave out their body have the same checks without it.
 */
function leaveOutBody(req: Request) {
  const { openapi } = req as Request & { openapi: { schema: JsonObject } };
  const { requestBody: _, ...schema } = openapi.schema;
  delete req.headers["content-type"];
  Object.assign(req, { openapi: { ...openapi, schema } });
}

/** Shows the validator a marker in each place where the operation expects the key that `identifyRequest` took away. */
function withMarkers<T>(req: Request, schemes: KeySchemes, ask: (removeMarkers: () => void) => T): T {
  const isPresented = exchangeOf(req).identity?.kind !== "none";
  const carriers = isPresented ? operationOf(req).schemes.flatMap((name) => schemes[name] ?? []) : [];
  const placeOf = (carrier: Carrier) => (carrier.in === "header" ? req.headers : req.query);

  for (const carrier of carriers) placeOf(carrier)[carrier.name] = PRESENTED;
  return ask(() => {
    for (const carrier of carriers) delete placeOf(carrier)[carrier.name];
  });
}
