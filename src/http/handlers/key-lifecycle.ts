import type { ActionDeps } from "../../admin/actions.ts";
import { type DisableKeyOutcome, disableKey as disable, enableKey as enable } from "../../admin/keys/disable-key.ts";
import { DEFAULT_OVERLAP_SECONDS, type Overlap, rotateKey as rotate } from "../../admin/keys/rotate-key.ts";
import { performAction, type RightLost, type UnattributedDeps } from "../../admin/perform-action.ts";
import { viewOfIssued, viewOfKey } from "../../admin/views.ts";
import type { Handler } from "../reply/handler.ts";
import { notGrantable, toAuthority, toRefusal } from "./conventions/authority.ts";

export const NOT_ROTATABLE = {
  problem: "key-not-rotatable",
  detail: "Only an active key can be rotated; if this one was rotated before, rotate the key in its successorId.",
} as const;

export const KEY_UNKNOWN = {
  problem: "not-found",
  detail: "There is no key with this id; check it, or list the keys.",
} as const;

export function toOverlap(
  body: { readonly overlapSeconds?: number; readonly endWhenSilentSeconds?: number } | undefined,
): Overlap {
  const { overlapSeconds: seconds = DEFAULT_OVERLAP_SECONDS, endWhenSilentSeconds = null } = body ?? {};
  return { seconds, endWhenSilentSeconds };
}

export const rotateKey =
  (deps: UnattributedDeps): Handler<"rotateKey"> =>
  async (call) => {
    const { path, body } = call;
    const overlap = toOverlap(body);
    const outcome = await performAction(call, deps, (actionDeps, currentKey) =>
      rotate(path.keyId, overlap, toAuthority(currentKey), actionDeps),
    );
    switch (outcome.kind) {
      case "right-lost":
        return toRefusal(outcome);
      case "rotated":
        return {
          status: 201,
          body: viewOfIssued(outcome, deps.clock.now()),
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
  (deps: UnattributedDeps): Handler<"disableKey"> =>
  async (call) => {
    const { path } = call;
    return toReply(await performAction(call, deps, (actionDeps) => disable(path.keyId, actionDeps)), deps);
  };

export const enableKey =
  (deps: UnattributedDeps): Handler<"enableKey"> =>
  async (call) => {
    const { path } = call;
    return toReply(
      await performAction(call, deps, (actionDeps, currentKey) =>
        enable(path.keyId, toAuthority(currentKey), actionDeps),
      ),
      deps,
    );
  };

function toReply(outcome: DisableKeyOutcome | RightLost, { clock }: Pick<ActionDeps, "clock">) {
  switch (outcome.kind) {
    case "right-lost":
      return toRefusal(outcome);
    case "done":
      return { status: 200, body: viewOfKey(outcome.key, clock.now()) } as const;
    case "key-unknown":
      return KEY_UNKNOWN;
    case "scope-not-grantable":
      return notGrantable(outcome.scopes);
  }
}
