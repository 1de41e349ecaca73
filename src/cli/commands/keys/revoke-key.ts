import { finishBulkRevocations } from "../../../admin/keys/revoke-in-bulk.ts";
import { revokeKey } from "../../../admin/keys/revoke-key.ts";
import { viewOfKey } from "../../../admin/views.ts";
import { findKey } from "../../../store/keys.ts";
import { requireConsent, requireTerminal } from "../../consent.ts";
import { describeLiveTraffic } from "../../live-traffic.ts";
import { unknownKey } from "../../outcome-failures.ts";
import { type JsonOption, toJson } from "../../output.ts";
import { requireText } from "../../require-text.ts";
import { type Session, withChanges } from "../../session.ts";

export type RevokeOptions = JsonOption & {
  readonly reason?: string;
  readonly keepSuccessors?: true;
  readonly yes?: true;
};

export async function revokeOneKey(session: Session, id: string, { reason, keepSuccessors, yes, json }: RevokeOptions) {
  requireTerminal(session, { yes });

  const { key, now } = await withChanges(session, async (deps, checkText) => {
    if (reason !== undefined) requireText(checkText, "RevocationReason", reason, "The reason");
    const found = await findKey(deps.db, id);
    if (found === undefined) throw unknownKey(id);
    const traffic = await describeLiveTraffic(deps.db, id, deps.clock.now());
    const question = `Revoke ${id} of ${found.client.name} (${found.name}) for good?`;
    const warned = traffic === undefined ? question : `${traffic} ${question}`;
    await requireConsent(session, { yes }, warned, "Nothing was revoked.");
    const outcome = await revokeKey(id, { reason: reason ?? null, keepSuccessors: keepSuccessors ?? false }, deps);
    if (outcome.kind === "key-unknown") throw unknownKey(id);
    await finishBulkRevocations(deps);
    return { key: outcome.key, now: deps.clock.now() };
  });
  session.out(json ? toJson(viewOfKey(key, now)) : `Revoked ${id}. It is refused from the next request on.\n`);
}
