import type { ActionDeps } from "../../admin/actions.ts";
import { viewOfKey } from "../../admin/views.ts";
import { authorize } from "../../auth/authorize.ts";
import { type IdentifyDeps, identify } from "../../auth/identify.ts";
import type { Handler } from "../reply/handler.ts";

export type VerifyDeps = IdentifyDeps & Pick<ActionDeps, "clock">;

/** What a request with the key would result in, for services that accept keys themselves. */
export const verifyKey =
  (deps: VerifyDeps): Handler<"verifyKey"> =>
  async ({ body: { secret, scopes = [], address } }) => {
    const outcome = authorize(await identify({ kind: "one", text: secret }, deps, address), scopes);
    switch (outcome.kind) {
      case "admitted":
        return { status: 200, body: { valid: true, code: "valid", key: viewOfKey(outcome.key, deps.clock.now()) } };
      case "key-invalid":
        return { status: 200, body: { valid: false, code: "key-invalid" } };
      case "unavailable":
        return { problem: "unavailable", detail: "The key cannot be checked right now; try again in a moment." };
      case "key-missing":
      case "key-ambiguous":
      case "key-in-query":
        throw new Error(`One presented key cannot be refused as ${outcome.kind}.`);
      default:
        return {
          status: 200,
          body: { valid: false, code: outcome.kind, key: viewOfKey(outcome.key, deps.clock.now()) },
        };
    }
  };
