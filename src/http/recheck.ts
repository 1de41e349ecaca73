import { authorize } from "../auth/authorize.ts";
import { type IdentifyDeps, identifyDigest } from "../auth/identify.ts";
import { exchangeOf, operationOf } from "./exchange.ts";
import { hasBody } from "./leftovers.ts";
import type { Refuse } from "./refusals.ts";
import type { Stage } from "./stage.ts";

/**
 * Looks at the key once more after a body: it may have taken seconds to arrive, and who revokes a key does not expect
 * that requests which were begun before go on to act.
 */
export function recheck(deps: IdentifyDeps, refuse: Refuse): Stage {
  return async (req, res, next) => {
    const exchange = exchangeOf(req);
    if (!hasBody(req) || exchange.outcome?.kind !== "admitted") return next();

    exchange.outcome = authorize(
      await identifyDigest(exchange.outcome.key.digest, deps, exchange.peer.address),
      // Never fewer than the validator asked for.
      exchange.scopes ?? operationOf(req).scopes,
    );
    if (exchange.outcome.kind === "admitted") next();
    else refuse(req, res, exchange.outcome);
  };
}
