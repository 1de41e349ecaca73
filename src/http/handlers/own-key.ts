import { type ActionDeps, OPERATOR_AUTHORITY } from "../../admin/actions.ts";
import { rotateKey } from "../../admin/keys/rotate-key.ts";
import { performAction, type UnattributedDeps } from "../../admin/perform-action.ts";
import { viewOfIssued, viewOfKey } from "../../admin/views.ts";
import { chargeOf, type RuleBook } from "../../auth/rule-book.ts";
import type { ApiKey } from "../../keys/key.ts";
import type { Instant } from "../../lib/time/clock.ts";
import type { Limiter } from "../../limits/limiter.ts";
import type { Handler } from "../reply/handler.ts";
import { toRefusal } from "./conventions/authority.ts";
import { viewOfLimitStatus } from "./conventions/limit-status.ts";
import { NOT_ROTATABLE, toOverlap } from "./key-lifecycle.ts";

export type OwnKeyDeps = Pick<ActionDeps, "clock"> & {
  readonly limiter: Limiter;
  readonly ruleBook: RuleBook;
};

export const getOwnKey =
  ({ clock, limiter, ruleBook }: OwnKeyDeps): Handler<"getOwnKey"> =>
  async ({ key }) => {
    const now = clock.now();
    const charge = chargeOf(ruleBook.generalRulesOf(key, now), 0, { key, address: "" });
    const limitStatus = viewOfLimitStatus(charge, await limiter.peek(charge), now);
    return { status: 200, body: { ...viewForHolder(key, now), plan: ruleBook.planOf(key).name, ...limitStatus } };
  };

/** The fields that a holder sees; the notes and records of the operator are not among them. */
function viewForHolder(key: ApiKey, now: Instant) {
  const view = viewOfKey(key, now);
  const { id, client, name, environment, scopes, state, createdAt, expiresAt } = view;
  const { successorId, overlapEndsAt, selfRotation, allowedIps } = view;
  const identity = { id, client, name, environment, scopes, state, createdAt, expiresAt };
  return { ...identity, successorId, overlapEndsAt, selfRotation, allowedIps };
}

export const rotateOwnKey =
  (deps: UnattributedDeps): Handler<"rotateOwnKey"> =>
  async (call) => {
    // An early refusal without the lock; the check inside the transaction is the one that decides.
    if (!call.key.selfRotation) return SELF_ROTATION_REFUSED;
    const overlap = toOverlap(call.body);
    const outcome = await performAction(call, deps, async (actionDeps, { id, selfRotation }) => {
      if (!selfRotation) return { kind: "self-rotation-refused" } as const;
      // The successor only gets what the key itself has, so no grant is refused.
      return rotateKey(id, overlap, OPERATOR_AUTHORITY, actionDeps);
    });
    switch (outcome.kind) {
      case "right-lost":
        return toRefusal(outcome);
      case "self-rotation-refused":
        return SELF_ROTATION_REFUSED;
      case "rotated":
        return { status: 201, body: viewOfIssued(outcome, deps.clock.now()) };
      default:
        // The key exists and every grant is allowed, so the only outcome left is that it was rotated before.
        return NOT_ROTATABLE;
    }
  };

const SELF_ROTATION_REFUSED = {
  problem: "self-rotation-refused",
  detail: "This key was issued without selfRotation; ask its issuer to rotate it.",
} as const;
