import { parse as parseQuery } from "node:querystring";
import type { Request } from "express";
import { type IdentifyDeps, type Identity, identify } from "../../auth/identify.ts";
import { containsKey, mayContainKey } from "../../auth/other-credentials.ts";
import { hasKeyOutsideAuthorization, type KeySource, presentedKey } from "../../auth/presented-key.ts";
import type { Carrier, KeySchemes } from "../../contract/model/schemes.ts";
import { exchangeOf, operationOf } from "../message/exchange.ts";
import { queryOf, queryValues, withoutParameters } from "../message/target.ts";
import type { Stage } from "../stage.ts";

/**
 * Removes the key from a request and identifies its holder. After that nothing that holds the request can see the key:
 * no validator, handler or log.
 * @param accepted the carriers that the operation takes a key from.
 */
export type IdentifyRequest = (req: Request, accepted: readonly Carrier[]) => Promise<Identity>;

export function createIdentifyRequest(schemes: KeySchemes, deps: IdentifyDeps): IdentifyRequest {
  const known = Object.values(schemes);
  return async (req, accepted) => {
    const [source, { operation }] = [toKeySource(req), exchangeOf(req)];
    const needsOtherCredential = operation?.needsOtherCredential === true;
    const presented = presentedKey(source, known, accepted, needsOtherCredential);
    removeCredentials(
      req,
      known,
      (needsOtherCredential || hasKeyOutsideAuthorization(source, known)) && hasOtherCredential(req) ? [] : undefined,
    );

    const identity = await identify(presented, deps, exchangeOf(req).peer.address);
    exchangeOf(req).identity = identity;
    return identity;
  };
}

/** The places of a request that may contain a key. */
export function toKeySource(req: Request): KeySource {
  return {
    headerLines: (name) => req.headersDistinct[name] ?? [],
    queryValues: (name) => queryValues(req.originalUrl, name),
  };
}

/** Identifies the key where the matched operation expects it. */
export function identifyKey(schemes: KeySchemes, identifyRequest: IdentifyRequest): Stage {
  const known = Object.values(schemes);
  return async (req, _res, next) => {
    // The upstream checks credentials of other kinds, so they stay; a key that was sent by mistake is removed.
    if (operationOf(req).isPassthrough) {
      removeCredentials(req, known, authorizationOf(req).some(containsKey) ? ["authorization"] : []);
      exchangeOf(req).identity = { kind: "none" };
      return next();
    }
    const accepted = operationOf(req).schemes.flatMap((scheme) => schemes[scheme] ?? []);
    await identifyRequest(req, accepted);
    next();
  };
}

/** Whether there is one credential of another kind, which the handler or upstream checks. */
function hasOtherCredential(req: Request): boolean {
  const lines = authorizationOf(req);
  return lines.length === 1 && !lines.some(mayContainKey);
}

function authorizationOf(req: Request): readonly string[] {
  return req.headersDistinct["authorization"] ?? [];
}

/** Removes every key from a request without checking it. */
export function removeKeys(req: Request, schemes: KeySchemes) {
  removeCredentials(req, Object.values(schemes));
}

/** Removes every carrier, and further headers, from each place where Node and Express keep them. */
function removeCredentials(req: Request, known: readonly Carrier[], further: readonly string[] = ["authorization"]) {
  const headers = [...further, ...known.filter((carrier) => carrier.in === "header").map(({ name }) => name)];
  for (const name of headers) {
    delete req.headers[name];
    delete req.headersDistinct[name];
  }
  // Name, value, name, value, …
  req.rawHeaders = req.rawHeaders.filter(
    (_, index, all) => !headers.includes(String(all[index - (index % 2)]).toLowerCase()),
  );

  const parameters = known.filter((carrier) => carrier.in === "query").map(({ name }) => name);
  req.url = withoutParameters(req.url, parameters);
  req.originalUrl = req.url;
  // Express would parse the query on each access, but the validator needs one object that it can change. Without a limit
  // on their number, because a key could follow the first thousand parameters.
  const query = parseQuery(queryOf(req.url), undefined, undefined, { maxKeys: 0 });
  Object.defineProperty(req, "query", { value: query, writable: true, configurable: true, enumerable: true });
}
