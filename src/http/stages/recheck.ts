import { authorize, type Outcome } from "../../auth/authorize.ts";
import type { IdentifyDeps, Identity } from "../../auth/identify.ts";
import { identifyDigestAtOnce } from "../../auth/identify-cached.ts";
import { type BodyRead, recordOf } from "../message/exchange.ts";
import { hasBody } from "../message/unread-body.ts";
import type { Refuse } from "../reply/refusals.ts";
import type { Reply } from "../reply/reply.ts";
import { admit } from "./authorize.ts";
import type { Stage } from "./stage.ts";

/** Checks the key of an admitted request again. @returns the refusal, if it is not admitted any more. */
export type RecheckKey = (exchange: BodyRead) => Reply | undefined | Promise<Reply | undefined>;

export function createRecheckKey(deps: IdentifyDeps, refuse: Refuse): RecheckKey {
  return (exchange) => {
    const { admission, peer } = exchange;
    if (admission.key === undefined) return undefined;
    const decide = (identity: Identity) => {
      const record = recordOf(exchange);
      const outcome: Outcome = authorize(identity, admission.scopes);
      if (outcome.kind !== "admitted") {
        admit(record, outcome);
        return refuse(record, outcome);
      }
      admit(record, { ...outcome, scopes: admission.scopes });
      return undefined;
    };
    const identity = identifyDigestAtOnce(admission.key.digest, deps, peer.address);
    return identity instanceof Promise ? identity.then(decide) : decide(identity);
  };
}

/**
 * Checks the key again after a body: it may have taken seconds to arrive, and a key that was revoked in that time must
 * not have any effect.
 */
export function recheck(recheckKey: RecheckKey): Stage<BodyRead> {
  return {
    check: "authorize",
    run: (exchange) => (hasBody(exchange) ? recheckKey(exchange) : undefined),
  };
}
