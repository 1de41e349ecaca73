import { type ActionDeps, OPERATOR_AUTHORITY } from "../../../admin/actions.ts";
import { type DisableClientOutcome, disableClient, enableClient } from "../../../admin/clients/disable-client.ts";
import { registerClient } from "../../../admin/clients/register-client.ts";
import { updateClient } from "../../../admin/clients/update-client.ts";
import { revokeClientKeys } from "../../../admin/keys/revoke-client-keys.ts";
import { finishBulkRevocations } from "../../../admin/keys/revoke-in-bulk.ts";
import { viewOfClient, viewOfRevoked } from "../../../admin/views.ts";
import type { Metadata } from "../../../keys/metadata.ts";
import { findClient } from "../../../store/clients.ts";
import { requireConsent, requireTerminal } from "../../consent.ts";
import { UsageError } from "../../failure.ts";
import { toClientFailure, unknownClient } from "../../outcome-failures.ts";
import { type JsonOption, toJson } from "../../output.ts";
import { requireText } from "../../require-text.ts";
import { type Session, withChanges } from "../../session.ts";

export async function createClient(session: Session, name: string, { plan, metadata, json }: UpdateOptions) {
  const outcome = await withChanges(session, (deps, checkText) => {
    requireText(checkText, "ClientName", name, "The name");
    return registerClient({ name, plan, metadata }, deps);
  });
  if (outcome.kind !== "registered") throw toClientFailure(outcome, name);
  session.out(json ? toJson(viewOfClient(outcome.client)) : `Registered ${name} as ${outcome.client.id}.\n`);
}

export type UpdateOptions = JsonOption & {
  readonly name?: string;
  readonly plan?: string;
  readonly metadata?: Metadata;
};

export async function updateOneClient(session: Session, client: string, { name, plan, metadata, json }: UpdateOptions) {
  if (name === undefined && plan === undefined && metadata === undefined) {
    throw new UsageError("Nothing to change: add --name, --plan or --metadata.");
  }
  const outcome = await withChanges(session, (deps, checkText) => {
    if (name !== undefined) requireText(checkText, "ClientName", name, "The name");
    const update = { name, plan: plan === "default" ? null : plan, metadata };
    return updateClient({ id: client, update, isCurrent: () => true }, OPERATOR_AUTHORITY, deps);
  });
  switch (outcome.kind) {
    case "updated":
      return session.out(json ? toJson(viewOfClient(outcome.client)) : `Changed ${outcome.client.name}.\n`);
    case "client-unknown":
      throw unknownClient(client);
    case "edit-conflict":
    case "scope-not-grantable":
      throw new Error(`The operator was refused: ${outcome.kind}.`);
    default:
      throw toClientFailure(outcome, name);
  }
}

export type RevokeOptions = JsonOption & { readonly reason?: string; readonly yes?: true };

export async function revokeKeys(session: Session, name: string, { reason, yes, json }: RevokeOptions) {
  requireTerminal(session, { yes });

  const outcome = await withChanges(session, async (deps, checkText) => {
    if (reason !== undefined) requireText(checkText, "RevocationReason", reason, "The reason");
    const client = await findClient(deps.db, name);
    if (client === undefined) throw unknownClient(name);
    await requireConsent(session, { yes }, `Revoke all keys of ${client.name} for good?`, "Nothing was revoked.");
    const revoked = await revokeClientKeys(client.id, reason ?? null, deps);
    await finishBulkRevocations(deps);
    return revoked;
  });
  if (outcome.kind === "client-unknown") throw unknownClient(name);
  const { revoked, client } = outcome;
  const keys = revoked === 1 ? "1 key" : `${revoked} keys`;
  session.out(
    json
      ? toJson(viewOfRevoked(outcome))
      : `Revoked ${keys} of ${client.name}. They are refused from the next request on.\n`,
  );
}

export function disableOneClient(session: Session, name: string, options: JsonOption) {
  return change(session, name, options, { done: "Disabled", act: (deps) => disableClient(name, deps) });
}

export function enableOneClient(session: Session, name: string, options: JsonOption) {
  return change(session, name, options, {
    done: "Enabled",
    act: (deps) => enableClient(name, OPERATOR_AUTHORITY, deps),
  });
}

type Change = { readonly done: string; readonly act: (deps: ActionDeps) => Promise<DisableClientOutcome> };

async function change(session: Session, name: string, { json }: JsonOption, { done, act }: Change) {
  const outcome = await withChanges(session, act);
  if (outcome.kind === "client-unknown") throw unknownClient(name);
  if (outcome.kind === "scope-not-grantable") throw new Error("The operator was refused a scope.");
  session.out(json ? toJson(viewOfClient(outcome.client)) : `${done} ${outcome.client.name}.\n`);
}
