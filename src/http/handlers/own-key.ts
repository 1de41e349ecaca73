import { type ActDeps, act } from "../../admin/act.ts";
import { type DeedDeps, OPERATOR } from "../../admin/deeds.ts";
import { rotateKey } from "../../admin/rotate-key.ts";
import { viewOfIssued } from "../../admin/views.ts";
import { chargeOf, type RuleBook } from "../../auth/rules.ts";
import { stateOf } from "../../keys/lifecycle.ts";
import { optionalTimestamp, toTimestamp } from "../../lib/clock.ts";
import type { Limiter } from "../../limits/limiter.ts";
import type { Handler } from "../handler.ts";
import { toRefusal } from "./acting.ts";
import { NOT_ROTATABLE, toOverlap } from "./rotation.ts";
import { viewOfStandings } from "./standings.ts";

export type OwnKeyDeps = Pick<DeedDeps, "clock"> & {
  readonly limiter: Limiter;
  readonly ruleBook: RuleBook;
};

export const getOwnKey =
  ({ clock, limiter, ruleBook }: OwnKeyDeps): Handler<"getOwnKey"> =>
  async ({ key }) => {
    const now = clock.now();
    const charge = chargeOf(ruleBook.generalRulesOf(key, now), 0, { key, address: "" });
    const standings = viewOfStandings(charge, await limiter.look(charge), now);
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
      ...standings,
    };
    return { status: 200, body };
  };

export const rotateOwnKey =
  (deps: ActDeps): Handler<"rotateOwnKey"> =>
  async (call) => {
    const { body, key } = call;
    if (!key.selfRotation) {
      return {
        problem: "self-rotation-refused",
        detail: "This key was issued without selfRotation; ask for a rotation.",
      };
    }
    const overlap = toOverlap(body);
    // It passes on what it has itself, so there is nothing that it could not grant.
    const outcome = await act(call, deps, (inside) => rotateKey(key.id, overlap, OPERATOR, inside));
    if (outcome.kind === "actor-refused") return toRefusal(key, outcome);
    // Whoever was admitted is there, and the operator may grant everything: what is left is that it was rotated before.
    if (outcome.kind !== "rotated") return NOT_ROTATABLE;
    return { status: 201, body: viewOfIssued(outcome, deps.clock.now()) };
  };
