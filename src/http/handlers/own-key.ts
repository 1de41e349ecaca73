import { type ActionDeps, OPERATOR_AUTHORITY } from "../../admin/actions.ts";
import { rotateKey } from "../../admin/keys/rotate-key.ts";
import { performAction, type UnattributedDeps } from "../../admin/perform-action.ts";
import { viewOfIssued } from "../../admin/views.ts";
import { chargeOf, type RuleBook } from "../../auth/rule-book.ts";
import { stateOf } from "../../keys/lifecycle.ts";
import { optionalTimestamp, toTimestamp } from "../../lib/time/clock.ts";
import type { Limiter } from "../../limits/limiter.ts";
import type { Handler } from "../reply/handler.ts";
import { toRefusal } from "./conventions/actor.ts";
import { viewOfLimitStatus } from "./conventions/limit-status.ts";
import { NOT_ROTATABLE, toOverlap } from "./rotation.ts";

export type OwnKeyDeps = Pick<ActionDeps, "clock"> & {
  readonly limiter: Limiter;
  readonly ruleBook: RuleBook;
};

export const getOwnKey =
  ({ clock, limiter, ruleBook }: OwnKeyDeps): Handler<"getOwnKey"> =>
  async ({ key }) => {
    const now = clock.now();
    const charge = chargeOf(ruleBook.generalRulesOf(key, now), 0, { key, address: "" });
    const limitStatus = viewOfLimitStatus(charge, await limiter.look(charge), now);
    const body = {
      id: key.id,
      client: { id: key.client.id, name: key.client.name },
      name: key.name,
      environment: key.environment,
      scopes: [...key.scopes],
      state: stateOf(key, now),
      createdAt: toTimestamp(key.createdAt),
      expiresAt: optionalTimestamp(key.expiresAt),
      successorId: key.successorId,
      overlapEndsAt: optionalTimestamp(key.overlapEndsAt),
      selfRotation: key.selfRotation,
      allowedIps: [...key.allowedIps],
      plan: ruleBook.planOf(key).name,
      ...limitStatus,
    };
    return { status: 200, body };
  };

export const rotateOwnKey =
  (deps: UnattributedDeps): Handler<"rotateOwnKey"> =>
  async (call) => {
    // No need to wait for the lock only to refuse; what counts is the look inside.
    if (!call.key.selfRotation) return SELF_ROTATION_REFUSED;
    const overlap = toOverlap(call.body);
    const outcome = await performAction(call, deps, async (inside, { id, selfRotation }) => {
      if (!selfRotation) return { kind: "self-rotation-refused" } as const;
      // It passes on what it has itself, so there is nothing that it could not grant.
      return rotateKey(id, overlap, OPERATOR_AUTHORITY, inside);
    });
    switch (outcome.kind) {
      case "right-lost":
        return toRefusal(outcome);
      case "self-rotation-refused":
        return SELF_ROTATION_REFUSED;
      case "rotated":
        return { status: 201, body: viewOfIssued(outcome, deps.clock.now()) };
      default:
        // The key is there, and the operator may grant everything: what is left is that it was rotated before.
        return NOT_ROTATABLE;
    }
  };

const SELF_ROTATION_REFUSED = {
  problem: "self-rotation-refused",
  detail: "This key was issued without selfRotation; ask for a rotation.",
} as const;
