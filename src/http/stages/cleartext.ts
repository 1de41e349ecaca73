import type { LeakReport } from "../../admin/keys/revoke-leaked.ts";
import { presentedKey } from "../../auth/presented-key.ts";
import type { TransportConfig } from "../../config/transport-settings.ts";
import type { KeySchemes } from "../../contract/model/schemes.ts";
import { problemReply } from "../reply/reply.ts";
import { toKeySource } from "./identify.ts";
import type { Stage } from "./stage.ts";

type CleartextDeps = {
  readonly policy: TransportConfig["cleartext"];
  readonly schemes: KeySchemes;
  readonly reportLeak: LeakReport;
};

/**
 * Refuses keys that came in clear text, where others on the way may have read them. Valid and invalid keys get the same
 * response, so that an eavesdropper does not learn which is which. Never a redirect: clients would keep sending keys
 * like this without noticing.
 */
export function cleartext({ policy, schemes, reportLeak }: CleartextDeps): Stage {
  const carriers = Object.values(schemes);
  const expected = { known: carriers, accepted: carriers, ...NO_OTHER };
  return {
    check: "identify",
    run: ({ peer, requestId, message }) => {
      if (policy === "allow" || peer.isPrivate) return undefined;
      const presented = presentedKey(toKeySource(message), expected);
      if (presented.kind === "none") return undefined;

      if (policy === "revoke" && presented.kind === "one") reportLeak(presented.text, peer.address, requestId);
      return problemReply({
        code: "key-in-cleartext",
        detail:
          "The API key came without encryption and may have been read on its way; have it replaced, and send keys over HTTPS only.",
      });
    },
  };
}

/** The operation is not known yet: any credential counts as a key. */
const NO_OTHER = { needsOtherCredential: false, sharedCarriers: [], otherAlternatives: [] } as const;
