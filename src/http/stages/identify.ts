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
 * Takes the key out of a request and finds out whose it is. From then on nothing that holds the request,
 * neither validator nor handler nor log, can see the key.
 */
export type IdentifyRequest = (req: Request, forwardAuth: readonly Carrier[]) => Promise<Identity>;

export function createIdentifyRequest(schemes: KeySchemes, deps: IdentifyDeps): IdentifyRequest {
  const known = Object.values(schemes);
  return async (req, forwardAuth) => {
    const [source, { operation }] = [toKeySource(req), exchangeOf(req)];
    const hasLogin = operation?.hasLogin === true;
    const presented = presentedKey(source, known, forwardAuth, hasLogin);
    strip(req, known, (hasLogin || hasKeyOutsideAuthorization(source, known)) && isLogin(req) ? [] : undefined);

    const identity = await identify(presented, deps, exchangeOf(req).peer.address);
    exchangeOf(req).identity = identity;
    return identity;
  };
}

/** The places of a request where a key can be. */
export function toKeySource(req: Request): KeySource {
  return {
    headerLines: (name) => req.headersDistinct[name] ?? [],
    queryValues: (name) => queryValues(req.originalUrl, name),
  };
}

/** The step of the pipeline: takes the key from where the matched operation wants it. */
export function identifyKey(schemes: KeySchemes, identifyRequest: IdentifyRequest): Stage {
  const known = Object.values(schemes);
  return async (req, _res, next) => {
    // Credentials of another kind are the upstream's to look at; a key that somebody sends by mistake is not.
    if (operationOf(req).isPassedOn) {
      strip(req, known, authorizationOf(req).some(containsKey) ? ["authorization"] : []);
      exchangeOf(req).identity = { kind: "none" };
      return next();
    }
    const forwardAuth = operationOf(req).schemes.flatMap((scheme) => schemes[scheme] ?? []);
    await identifyRequest(req, forwardAuth);
    next();
  };
}

/** Is there one credential of another kind, for the handler or upstream to check? */
function isLogin(req: Request): boolean {
  const lines = authorizationOf(req);
  return lines.length === 1 && !lines.some(mayContainKey);
}

function authorizationOf(req: Request): readonly string[] {
  return req.headersDistinct["authorization"] ?? [];
}

/** Takes every key out of a request without looking at it. */
export function removeKeys(req: Request, schemes: KeySchemes) {
  strip(req, Object.values(schemes));
}

/** Removes every carrier, and further headers, from wherever Node and Express keep them. */
function strip(req: Request, known: readonly Carrier[], further: readonly string[] = ["authorization"]) {
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
  // Express would parse anew on each access; the validator wants one object that it can change. All of it: behind
  // the first thousand parameters others could hide.
  const query = parseQuery(queryOf(req.url), undefined, undefined, { maxKeys: 0 });
  Object.defineProperty(req, "query", { value: query, writable: true, configurable: true, enumerable: true });
}
