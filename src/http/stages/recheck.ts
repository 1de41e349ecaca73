import type { Request } from "express";
import { authorize } from "../../auth/authorize.ts";
import { type IdentifyDeps, identifyDigest } from "../../auth/identify.ts";
import { exchangeOf, operationOf } from "../message/exchange.ts";
import { hasBody } from "../message/unread-body.ts";
import type { Refuse } from "../reply/refusals.ts";
import type { Stage } from "../stage.ts";

/** Looks at the key of an admitted request once more. The exchange has the new outcome, with which to refuse it. */
export type RecheckKey = (req: Request) => Promise<boolean>;

export function createRecheckKey(deps: IdentifyDeps): RecheckKey {
  return async (req) => {
    const exchange = exchangeOf(req);
    if (exchange.outcome?.kind !== "admitted") return true;
    exchange.outcome = authorize(
      await identifyDigest(exchange.outcome.key.digest, deps, exchange.peer.address),
      // Never fewer than the validator asked for.
      exchange.scopes ?? operationOf(req).scopes,
    );
    return exchange.outcome.kind === "admitted";
  };
}

/**
 * Looks at the key once more after a body: it may have taken seconds to arrive, and who revokes a key does not expect
 * that requests which were begun before go on to act.
 */
export function recheck(recheckKey: RecheckKey, refuse: Refuse): Stage {
  return async (req, res, next) => {
    if (!hasBody(req) || (await recheckKey(req))) return next();
    const { outcome } = exchangeOf(req);
    if (outcome !== undefined && outcome.kind !== "admitted") refuse(req, res, outcome);
  };
}
