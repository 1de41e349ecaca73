import { OPERATOR_AUTHORITY } from "../../../admin/actions.ts";
import { rotateKey } from "../../../admin/keys/rotate-key.ts";
import { viewOfIssued } from "../../../admin/views.ts";
import type { ApiKey } from "../../../keys/key.ts";
import { endOf, stateOf } from "../../../keys/lifecycle.ts";
import { type Instant, optionalTimestamp } from "../../../lib/time/clock.ts";
import { requireConsent, requireTerminal } from "../../consent.ts";
import { CommandFailed, UsageError } from "../../failure.ts";
import { describeLiveTraffic } from "../../live-traffic.ts";
import { parseDuration } from "../../option-values.ts";
import { unknownKey } from "../../outcome-failures.ts";
import { type JsonOption, toJson } from "../../output.ts";
import { type Session, withChanges } from "../../session.ts";
import { secretText } from "./secret-text.ts";

/** As the contract bounds `overlapSeconds`. */
const LONGEST_OVERLAP_SECONDS = 30 * 86_400;

export type RotateOptions = JsonOption & {
  readonly overlap: string;
  readonly endWhenSilent?: string;
  readonly yes?: true;
};

export async function rotateOneKey(
  session: Session,
  id: string,
  { overlap: longest, endWhenSilent, yes, json }: RotateOptions,
) {
  const endWhenSilentSeconds = endWhenSilent === undefined ? null : parseDuration(endWhenSilent);
  const overlap = { seconds: parseDuration(longest), endWhenSilentSeconds };
  if (overlap.seconds > LONGEST_OVERLAP_SECONDS) throw new UsageError("--overlap is too long: use at most 30d.");
  if (endWhenSilentSeconds !== null && endWhenSilentSeconds < 60)
    throw new UsageError("--end-when-silent is too short: use 1min or more.");

  const { outcome, now } = await withChanges(session, async (deps) => {
    const now = deps.clock.now();
    const traffic = overlap.seconds === 0 ? await describeLiveTraffic(deps.db, id, now) : undefined;
    if (traffic !== undefined) {
      requireTerminal(session, { yes });
      await requireConsent(session, { yes }, `${traffic} End ${id} at once?`, "Nothing was rotated.");
    }
    return { outcome: await rotateKey(id, overlap, OPERATOR_AUTHORITY, deps), now };
  });
  switch (outcome.kind) {
    case "rotated":
      return session.out(json ? toJson(viewOfIssued(outcome, now)) : rotatedText(outcome));
    case "key-unknown":
      throw unknownKey(id);
    case "not-rotatable":
      throw new CommandFailed(notRotatable(outcome.key, now));
    case "scope-not-grantable":
      throw new Error("The operator was refused a scope.");
  }
}

function rotatedText({ key, secret, old }: { key: ApiKey; secret: string; old: ApiKey }): string {
  return secretText(
    `Issued ${key.id} in place of ${old.id}, which works until ${optionalTimestamp(endOf(old))}.`,
    secret,
  );
}

function notRotatable(key: ApiKey, now: Instant): string {
  return key.successorId === null
    ? `${key.id} is ${stateOf(key, now)}: only an active key can be rotated.`
    : `${key.id} was rotated before: rotate its successor ${key.successorId}.`;
}
