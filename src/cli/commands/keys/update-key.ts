import { OPERATOR_AUTHORITY } from "../../../admin/actions.ts";
import { type KeyUpdate, updateKey } from "../../../admin/keys/update-key.ts";
import { viewOfKey } from "../../../admin/views.ts";
import type { CheckText } from "../../../contract/model/check-text.ts";
import type { ApiKey } from "../../../keys/key.ts";
import type { Metadata } from "../../../keys/metadata.ts";
import type { Instant } from "../../../lib/time/clock.ts";
import { CommandFailed, UsageError } from "../../failure.ts";
import { parseEnd } from "../../option-values.ts";
import { unknownKey } from "../../outcome-failures.ts";
import { type JsonOption, toJson } from "../../output.ts";
import { requireText } from "../../require-text.ts";
import { type Session, withChanges } from "../../session.ts";
import { describeEnd } from "../../terminal/relative-time.ts";
import { toTermsFailure } from "./key-terms.ts";

export type UpdateOptions = JsonOption & {
  readonly name?: string;
  readonly scope?: readonly string[];
  readonly expires?: string;
  readonly allowIp?: readonly string[];
  readonly selfRotation?: boolean;
  readonly metadata?: Metadata;
};

export async function updateOneKey(session: Session, id: string, options: UpdateOptions) {
  const { outcome, now } = await withChanges(session, async (deps, checkText) => {
    const wanted = toUpdate(options, checkText, deps.clock.now());
    const outcome = await updateKey({ id, update: wanted, isCurrent: () => true }, OPERATOR_AUTHORITY, deps);
    return { outcome, now: deps.clock.now() };
  });
  switch (outcome.kind) {
    case "updated":
      return session.out(options.json ? toJson(viewOfKey(outcome.key, now)) : changedText(outcome.key, options, now));
    case "key-unknown":
      throw unknownKey(id);
    case "key-revoked":
      throw new CommandFailed(`${id} is revoked and cannot be changed: issue another key.`);
    case "edit-conflict":
    case "scope-not-grantable":
    case "plan-unknown":
    case "limits-invalid":
      throw new Error(`The operator was refused: ${outcome.kind}.`);
    default:
      throw toTermsFailure(outcome, options);
  }
}

function changedText({ id, expiresAt }: ApiKey, { expires }: UpdateOptions, now: Instant): string {
  if (expires === undefined) return `Changed ${id}.\n`;
  return `Changed ${id}. It ${expiresAt === null ? "never expires" : `expires ${describeEnd(expiresAt, now)}`}.\n`;
}

function toUpdate(options: UpdateOptions, checkText: CheckText, now: Instant): KeyUpdate {
  const { name, scope, expires, allowIp, selfRotation, metadata } = options;
  if ([name, scope, expires, allowIp, selfRotation, metadata].every((value) => value === undefined)) {
    throw new UsageError("Nothing to change: add for example --name or --scope.");
  }
  if (name !== undefined) requireText(checkText, "KeyName", name, "The name");
  if (scope?.length === 0) throw new UsageError("A key needs a scope: to stop the key, disable or revoke it.");
  return {
    name,
    scopes: scope,
    expiresAt: expires === undefined ? undefined : expires === "never" ? null : parseEnd(expires, now),
    allowedIps: allowIp?.join() === "anywhere" ? [] : allowIp,
    selfRotation,
    metadata,
  };
}
