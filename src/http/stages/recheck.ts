import type { Request } from "express";
import { authorize } from "../../auth/authorize.ts";
import { type IdentifyDeps, identifyDigest } from "../../auth/identify.ts";
import { exchangeOf, operationOf } from "../message/exchange.ts";
import { hasBody } from "../message/unread-body.ts";
import type { Refuse } from "../reply/refusals.ts";
import type { Stage } from "../stage.ts";

/** Checks the key of an admitted request again. If it returns false, the exchange has the outcome for the refusal. */
export type RecheckKey = (req: Request) => Promise<boolean>;

export function createRecheckKey(deps: IdentifyDeps): RecheckKey {
  return async (req) => {
    const exchange = exchangeOf(req);
    if (exchange.outcome?.kind !== "admitted") return true;
    exchange.outcome = authorize(
      await identifyDigest(exchange.outcome.key.digest, deps, exchange.peer.address),
      // The scopes that the validator required, if it has run.
      exchange.scopes ?? operationOf(req).scopes,
    );
    return exchange.outcome.kind === "admitted";
  };
}

/**
 * Checks the key again after a body: it may have taken seconds to arrive, and a key that was revoked in that time must
 * not have any effect.
 */
export function recheck(recheckKey: RecheckKey, refuse: Refuse): Stage {
  return async (req, res, next) => {
    if (!hasBody(req) || (await recheckKey(req))) return next();
    const { outcome } = exchangeOf(req);
    if (outcome !== undefined && outcome.kind !== "admitted") refuse(req, res, outcome);
  };
}
