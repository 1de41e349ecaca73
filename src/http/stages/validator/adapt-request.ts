import type { Request } from "express";
import type { OpenApiRequest } from "express-openapi-validator/dist/framework/types.js";
import type { Carrier, KeySchemes } from "../../../contract/model/schemes.ts";
import { exchangeOf, operationOf } from "../../message/exchange.ts";
import { pathOf } from "../../message/target.ts";
import type { PreparedOperation } from "./prepare-operation.ts";

/**
 * What the validator has to see on a request. Most functions here change the request for one run of the validator and
 * return the function that changes it back.
 */
type Restore = () => void;

/** Puts what was prepared for the matched operation on the request, with the path parameters of this request. */
export function attachPrepared(req: OpenApiRequest, prepared: ReadonlyMap<string, PreparedOperation>) {
  const { operation, pathParams } = exchangeOf(req);
  const openapi = operation && prepared.get(operation.id);
  if (openapi === undefined) throw new Error("This request matched no prepared operation.");
  req.openapi = { ...openapi, pathParams: { ...pathParams } };
}

/** The validator only checks that a key was presented, so it never sees the key. */
const MARKER = "presented";

/** Puts a marker in each place where the operation expects the key that `identifyRequest` removed. */
export function showMarkers(req: Request, schemes: KeySchemes): Restore {
  const isPresented = exchangeOf(req).identity?.kind !== "none";
  const carriers = isPresented ? operationOf(req).schemes.flatMap((name) => schemes[name] ?? []) : [];
  const placeOf = (carrier: Carrier) => (carrier.in === "header" ? req.headers : req.query);

  for (const carrier of carriers) placeOf(carrier)[carrier.name] = MARKER;
  return () => {
    for (const carrier of carriers) delete placeOf(carrier)[carrier.name];
  };
}

/**
 * Hides the query as it was sent; the decoded parameters stay. In the raw query the validator refuses `+` for a space,
 * `:`, `*` and others that are allowed there (RFC 3986 §3.4) and that most clients send.
 */
export function hideRawQuery(req: Request): Restore {
  const target = req.originalUrl;
  req.originalUrl = pathOf(target);
  return () => {
    req.originalUrl = target;
  };
}

/**
 * Tells the validator which parameters have brackets in their name. It looks for their schema in `req.query._openapi`,
 * where nothing else sets it, and caches what it finds by `path`: so `path` is the names themselves.
 */
export function declareBracketedNames(req: Request): Restore {
  const { bracketedParameters } = operationOf(req);
  if (bracketedParameters.length === 0 || "_openapi" in req.query) return () => {};
  const parameters = bracketedParameters.map((name) => ({ in: "query", name }));
  const value = { schema: { path: JSON.stringify(bracketedParameters), parameters } };
  Object.defineProperty(req.query, "_openapi", { value, enumerable: false, configurable: true });
  return () => Reflect.deleteProperty(req.query, "_openapi");
}

/**
 * Makes the validator ignore the body. It caches its checks by content type, so a request whose operation has an
 * optional body shares the checks of requests without one.
 */
export function ignoreBody(req: OpenApiRequest) {
  delete req.headers["content-type"];
  if (req.openapi === undefined) return;
  const { requestBody: _, ...schema } = req.openapi.schema;
  req.openapi = { ...req.openapi, schema };
}
