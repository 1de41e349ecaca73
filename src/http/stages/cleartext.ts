import type { LeakReport } from "../../admin/keys/revoke-leaked.ts";
import { presentedKey } from "../../auth/presented-key.ts";
import type { KeySchemes } from "../../contract/model/schemes.ts";
import { exchangeOf } from "../message/exchange.ts";
import type { SendProblem } from "../reply/send-problem.ts";
import type { Stage } from "../stage.ts";
import { toKeySource } from "./identify.ts";

export type CleartextDeps = {
  readonly policy: "refuse" | "revoke" | "allow";
  readonly schemes: KeySchemes;
  readonly sendProblem: SendProblem;
  readonly reportLeak: LeakReport;
};

/**
 * Refuses keys that others on the way may have read. Good and bad ones get the same answer, for who listens shall not
 * learn which is which; never a redirect, which would only teach clients to go on like this.
 */
export function cleartext({ policy, schemes, sendProblem, reportLeak }: CleartextDeps): Stage {
  const carriers = Object.values(schemes);
  return (req, res, next) => {
    const { peer, requestId } = exchangeOf(req);
    if (policy === "allow" || peer.isPrivate) return next();
    const presented = presentedKey(toKeySource(req), carriers, carriers);
    if (presented.kind === "none") return next();

    sendProblem(req, res, {
      code: "key-in-cleartext",
      detail: "Send your API key over HTTPS only. This one may have been read on its way; have it replaced.",
    });
    if (policy === "revoke" && presented.kind === "one") reportLeak(presented.text, peer.address, requestId);
  };
}
