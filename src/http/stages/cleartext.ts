import type { LeakReport } from "../../admin/keys/revoke-leaked.ts";
import { presentedKey } from "../../auth/presented-key.ts";
import type { TransportConfig } from "../../config/transport-settings.ts";
import type { KeySchemes } from "../../contract/model/schemes.ts";
import { exchangeOf } from "../message/exchange.ts";
import type { SendProblem } from "../reply/send-problem.ts";
import type { Stage } from "../stage.ts";
import { toKeySource } from "./identify.ts";

type CleartextDeps = {
  readonly policy: TransportConfig["cleartext"];
  readonly schemes: KeySchemes;
  readonly sendProblem: SendProblem;
  readonly reportLeak: LeakReport;
};

/**
 * Refuses keys that came in clear text, where others on the way may have read them. Valid and invalid keys get the same
 * response, so that an eavesdropper does not learn which is which. Never a redirect: clients would keep sending keys
 * like this without noticing.
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
      detail:
        "The API key came without encryption and may have been read on its way; have it replaced, and send keys over HTTPS only.",
    });
    if (policy === "revoke" && presented.kind === "one") reportLeak(presented.text, peer.address, requestId);
  };
}
