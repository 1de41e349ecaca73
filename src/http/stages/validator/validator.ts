import type { NextFunction, Request, Response } from "express";
import { authorize, type Outcome } from "../../../auth/authorize.ts";
import type { Contract } from "../../../contract/model/contract.ts";
import type { KeySchemes } from "../../../contract/model/schemes.ts";
import { exchangeOf, operationOf } from "../../message/exchange.ts";
import type { Refuse } from "../../reply/refusals.ts";
import type { Stage } from "../../stage.ts";
import { attachPrepared, declareBracketedNames, hideRawQuery, ignoreBody, showMarkers } from "./adapt-request.ts";
import { createMiddlewareParts, type MiddlewareParts } from "./middleware-parts.ts";
import { type PreparedOperation, prepareOperation } from "./prepare-operation.ts";
import { type Responder, toValidatorDocument } from "./validator-document.ts";

/** express-openapi-validator, as stages that run in the order of this service: see docs/decisions/0001. */
export type Validator = {
  /** Enforces the security of the operation. */
  readonly authorize: Stage;
  /** Checks parameters and body. */
  readonly validate: Stage;
  /** Checks the parameters of a request whose body is not here. */
  readonly validateParameters: Stage;
  /** Checks what `res.json` sends: an undeclared status is a fault, and undeclared fields are removed. */
  readonly watchReply: Stage;
};

/**
 * Prepares the validator for every operation, so that a contract that it cannot use stops the start. The built-in
 * operations are compiled on their first request: a test compiles all of them, and most services need only a few.
 * @param responderOf what sends the responses of an operation; only those of handlers pass through the validator.
 * @throws Error when the validator refuses the contract or does not find an operation in it.
 */
export async function createValidator(
  { document, operations, schemes }: Pick<Contract, "document" | "operations" | "schemes">,
  refuse: Refuse,
  responderOf: (id: string) => Responder = () => "built-in",
): Promise<Validator> {
  const parts = createMiddlewareParts(toValidatorDocument(document, responderOf), schemes);
  const prepared = new Map<string, PreparedOperation>();
  for (const operation of operations)
    prepared.set(operation.id, await prepareOperation(parts, operation, responderOf(operation.id)));

  const validate = validateRequest(parts);
  return {
    authorize: authorizeRequest(parts, prepared, schemes, refuse),
    validate,
    validateParameters: (req, res, next) => {
      ignoreBody(req);
      return validate(req, res, next);
    },
    watchReply: parts.response,
  };
}

function authorizeRequest(
  { security }: MiddlewareParts,
  prepared: ReadonlyMap<string, PreparedOperation>,
  schemes: KeySchemes,
  refuse: Refuse,
): Stage {
  return (req, res, next) => {
    attachPrepared(req, prepared);
    const removeMarkers = showMarkers(req, schemes);
    return security(req, res, (error?: unknown) => {
      removeMarkers();
      admitOrRefuse({ req, res, next, error, refuse });
    });
  };
}

function validateRequest({ request }: MiddlewareParts): Stage {
  return (req, res, next) => {
    const restoreQuery = hideRawQuery(req);
    const removeNames = declareBracketedNames(req);
    return request(req, res, (error?: unknown) => {
      removeNames();
      restoreQuery();
      next(error);
    });
  };
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
  // Without a key the validator checks no scheme, so there is no outcome yet.
  const outcome: Outcome = exchange.outcome ?? authorize(exchange.identity ?? { kind: "none" }, []);
  // A key in a URL where no key belongs is refused even if the operation needs none.
  if (isPublic && outcome.kind !== "key-in-query") return next(error);
  if (outcome.kind !== "admitted") return refuse(req, res, outcome);
  // Both must admit the request. If only one does, that is a bug: fail closed.
  next(error ?? (exchange.outcome ? undefined : new Error("The validator admitted a request without asking.")));
}
