import type { Command } from "commander";
import { OPERATOR_AUTHORITY } from "../../admin/actions.ts";
import { type KeyUpdate, updateKey } from "../../admin/keys/update-key.ts";
import { viewOfKey } from "../../admin/views.ts";
import type { JsonObject } from "../../contract/document/json.ts";
import type { Metadata } from "../../keys/metadata.ts";
import type { Instant } from "../../lib/time/clock.ts";
import { CommandFailed, UsageError } from "../failure.ts";
import { unknownKey } from "../outcome-failures.ts";
import { toJson } from "../output.ts";
import { type Session, withActions } from "../session.ts";
import { gather, parseEnd, parseMetadata, requireText } from "../words.ts";
import { toTermsFailure } from "./key-terms.ts";
import type { JsonOption } from "./rotation.ts";

/** Adds the word that changes what a key may do. */
export function addUpdate(keys: Command, session: Session) {
  keys
    .command("update")
    .description("change a key; the change holds from the next request on")
    .argument("<id>", "public id")
    .option("--name <name>", "what people call the key")
    .option("--scope <scope>", "what the key may do, all of it; several times for several scopes", gather)
    .option("--expires <end>", "when it stops being valid: 90d, 12h, 2027-01-31T12:00:00Z, or never")
    .option("--allow-ip <range>", "from where it may be used; several times for several, or anywhere", gather)
    .option("--self-rotation", "let the key rotate itself over HTTP")
    .option("--no-self-rotation", "do not let the key rotate itself")
    .option("--metadata <json>", "your notes, in place of all there were", parseMetadata)
    .option("--json", "print JSON")
    .addHelpText("after", EXAMPLES)
    .action((id: string, options: UpdateOptions) => update(session, id, options));
}

const EXAMPLES = `
What is left out stays.

Examples:
  latchkey keys update key_4Tz0ZkX0b1TnVd4sWcYe --scope data:read,info:read --expires 90d
  latchkey keys update key_4Tz0ZkX0b1TnVd4sWcYe --allow-ip anywhere --expires never`;

type UpdateOptions = JsonOption & {
  readonly name?: string;
  readonly scope?: readonly string[];
  readonly expires?: string;
  readonly allowIp?: readonly string[];
  readonly selfRotation?: boolean;
  readonly metadata?: Metadata;
};

async function update(session: Session, id: string, options: UpdateOptions) {
  const { outcome, now } = await withActions(session, async (deps, document) => {
    const wanted = toUpdate(options, document, deps.clock.now());
    const outcome = await updateKey({ id, update: wanted, isCurrent: () => true }, OPERATOR_AUTHORITY, deps);
    return { outcome, now: deps.clock.now() };
  });
  switch (outcome.kind) {
    case "updated":
      return session.out(options.json ? toJson(viewOfKey(outcome.key, now)) : `Changed ${id}.\n`);
    case "key-unknown":
      throw unknownKey(id);
    case "key-revoked":
      throw new CommandFailed(`${id} is revoked, and stays as it is; issue another key.`);
    case "edit-conflict":
    case "scope-not-grantable":
    case "plan-unknown":
    case "limits-invalid":
      throw new Error(`The operator was refused: ${outcome.kind}.`);
    default:
      throw toTermsFailure(outcome, options);
  }
}

function toUpdate(options: UpdateOptions, document: JsonObject, now: Instant): KeyUpdate {
  const { name, scope, expires, allowIp, selfRotation, metadata } = options;
  if ([name, scope, expires, allowIp, selfRotation, metadata].every((value) => value === undefined)) {
    throw new UsageError("Say what is to be different, such as --name or --scope.");
  }
  if (name !== undefined) requireText(document, "KeyName", name, "The name");
  if (scope?.length === 0) throw new UsageError("A key needs a scope; to stop it, disable or revoke it.");
  return {
    name,
    scopes: scope,
    expiresAt: expires === undefined ? undefined : expires === "never" ? null : parseEnd(expires, now),
    allowedIps: allowIp?.join() === "anywhere" ? [] : allowIp,
    selfRotation,
    metadata,
  };
}
