import type { Command } from "commander";
import { OPERATOR_AUTHORITY } from "../../admin/actions.ts";
import { type DisableKeyOutcome, disableKey, enableKey } from "../../admin/keys/disable-key.ts";
import { rotateKey } from "../../admin/keys/rotate-key.ts";
import { viewOfIssued, viewOfKey } from "../../admin/views.ts";
import type { ApiKey } from "../../keys/key.ts";
import { endOf, stateOf } from "../../keys/lifecycle.ts";
import { type Instant, optionalTimestamp } from "../../lib/time/clock.ts";
import { requireConsent, requireTerminal } from "../consent.ts";
import { CommandFailed, UsageError } from "../failure.ts";
import { describeLiveTraffic } from "../live-traffic.ts";
import { unknownKey } from "../outcome-failures.ts";
import { toJson } from "../output.ts";
import { type Session, withActions } from "../session.ts";
import { parseSpan } from "../words.ts";

export type JsonOption = { readonly json?: true };

/** Adds the words for what happens to a key between its issue and its end. */
export function addRotation(keys: Command, session: Session) {
  keys
    .command("rotate")
    .description("issue a key in place of another one, which goes on working for a while")
    .argument("<id>", "public id of the key to replace")
    .option("--overlap <span>", "how long the old key goes on working: 24h, 2h, 30d, 0m to end it at once", "24h")
    .option("--end-when-silent <span>", "end it before that, when nobody has used the old key for so long")
    .option("--yes", "do not ask, when the old key is to end at once and is in use")
    .option("--json", 'print {"key": …, "secret": "…"}')
    .addHelpText(
      "after",
      "\nExample:\n  latchkey keys rotate key_4Tz0ZkX0b1TnVd4sWcYe --overlap 7d --end-when-silent 1h",
    )
    .action((id: string, options: RotateOptions) => rotate(session, id, options));

  keys
    .command("disable")
    .description("pause a key; a running service refuses it from the next request on, until it is enabled")
    .argument("<id>", "public id")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey keys disable key_4Tz0ZkX0b1TnVd4sWcYe")
    .action((id: string, options: JsonOption) => pause(session, id, "disable", options));

  keys
    .command("enable")
    .description("let a paused key go on")
    .argument("<id>", "public id")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey keys enable key_4Tz0ZkX0b1TnVd4sWcYe")
    .action((id: string, options: JsonOption) => pause(session, id, "enable", options));
}

/** As the contract bounds `overlapSeconds`. */
const LONGEST_OVERLAP_SECONDS = 30 * 86_400;

type RotateOptions = JsonOption & {
  readonly overlap: string;
  readonly endWhenSilent?: string;
  readonly yes?: true;
};

async function rotate(session: Session, id: string, { overlap: span, endWhenSilent, yes, json }: RotateOptions) {
  const endWhenSilentSeconds = endWhenSilent === undefined ? null : parseSpan(endWhenSilent);
  const overlap = { seconds: parseSpan(span), endWhenSilentSeconds };
  if (overlap.seconds > LONGEST_OVERLAP_SECONDS) throw new UsageError("The overlap may last 30 days at most.");
  if (endWhenSilentSeconds !== null && endWhenSilentSeconds < 60)
    throw new UsageError("--end-when-silent takes a minute or more.");

  const { outcome, now } = await withActions(session, async (deps) => {
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

/** The only words that ever hold a secret; `news` says what it is for. */
export function secretText(news: string, secret: string): string {
  return `${news}

  ${secret}

Keep it: it is shown this once. Send it in the header x-api-key.
`;
}

function notRotatable(key: ApiKey, now: Instant): string {
  return key.successorId === null
    ? `${key.id} is ${stateOf(key, now)}; only an active key can be rotated.`
    : `${key.id} was rotated before; rotate its successor ${key.successorId}.`;
}

async function pause(session: Session, id: string, word: "disable" | "enable", { json }: JsonOption) {
  const { outcome, now } = await withActions(session, async (deps) => ({
    outcome: await (word === "disable" ? disableKey(id, deps) : enableKey(id, OPERATOR_AUTHORITY, deps)),
    now: deps.clock.now(),
  }));
  const key = requireDone(outcome, id);
  const text = word === "disable" ? "Paused" : "Enabled";
  session.out(json ? toJson(viewOfKey(key, now)) : `${text} ${id}; it is ${stateOf(key, now)}.\n`);
}

function requireDone(outcome: DisableKeyOutcome, id: string): ApiKey {
  if (outcome.kind === "done") return outcome.key;
  if (outcome.kind === "key-unknown") throw unknownKey(id);
  throw new Error("The operator was refused a scope.");
}
