import { type ActDeps, act } from "../../admin/act.ts";
import type { DeedDeps } from "../../admin/deeds.ts";
import { disableKey as disable, enableKey as enable, type PauseOutcome } from "../../admin/pause-key.ts";
import { DEFAULT_OVERLAP_SECONDS, rotateKey as rotate } from "../../admin/rotate-key.ts";
import { viewOfKey } from "../../admin/views.ts";
import type { ApiKey } from "../../keys/key.ts";
import type { Handler } from "../handler.ts";
import { toActor, toRefusal } from "./acting.ts";

export const NOT_ROTATABLE = {
  problem: "key-not-rotatable",
  detail: "The key is not active; if it was rotated before, rotate the one named by successorId.",
} as const;

export const KEY_UNKNOWN = { problem: "not-found", detail: "There is no key with this id." } as const;

/** The answer to a key that would pass on, or wake, what it does not hold itself. */
export function notGrantable(scopes: readonly string[]) {
  return {
    problem: "scope-not-grantable",
    detail: `Your key can grant these scopes only if it holds them itself: ${scopes.join(", ")}.`,
  } as const;
}

export const rotateKey =
  (deps: ActDeps): Handler<"rotateKey"> =>
  async (call) => {
    const { path, body, key } = call;
    const overlapSeconds = body?.overlapSeconds ?? DEFAULT_OVERLAP_SECONDS;
    const outcome = await act(call, deps, (inside) => rotate(path.keyId, overlapSeconds, toActor(key), inside));
    switch (outcome.kind) {
      case "actor-refused":
        return toRefusal(key, outcome);
      case "rotated":
        return {
          status: 201,
          body: { key: viewOfKey(outcome.key, deps.clock.now()), secret: outcome.secret },
          location: `/v1/keys/${outcome.key.id}`,
        };
      case "key-unknown":
        return KEY_UNKNOWN;
      case "not-rotatable":
        return NOT_ROTATABLE;
      case "scope-not-grantable":
        return notGrantable(outcome.scopes);
    }
  };

export const disableKey =
  (deps: ActDeps): Handler<"disableKey"> =>
  async (call) => {
    const { path, key } = call;
    const outcome = await act(call, deps, (inside) => disable(path.keyId, inside));
    return outcome.kind === "actor-refused" ? toRefusal(key, outcome) : toReply(outcome, deps);
  };

export const enableKey =
  (deps: ActDeps): Handler<"enableKey"> =>
  async (call) => {
    const { path, key } = call;
    const outcome = await act(call, deps, (inside) => enable(path.keyId, toActor(key), inside));
    return outcome.kind === "actor-refused" ? toRefusal(key, outcome) : toReply(outcome, deps);
  };

function toReply(outcome: PauseOutcome, { clock }: Pick<DeedDeps, "clock">) {
  switch (outcome.kind) {
    case "done":
      return { status: 200, body: viewOfKey(outcome.key satisfies ApiKey, clock.now()) } as const;
    case "key-unknown":
      return KEY_UNKNOWN;
    case "scope-not-grantable":
      return notGrantable(outcome.scopes);
  }
}
