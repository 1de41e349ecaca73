import { planOf } from "../../contract/model/plans.ts";
import { type Client, clientNameViolation } from "../../keys/client.ts";
import { type Metadata, metadataViolation } from "../../keys/metadata.ts";
import { describeOverride, type Override } from "../../keys/override.ts";
import { findClient, replaceClient } from "../../store/clients.ts";
import { transact } from "../../store/database/transact.ts";
import { scopesOfClient } from "../../store/keys.ts";
import { type ActionDeps, type Authority, refusedScopes, within } from "../actions.ts";
import { differences, type Edit } from "../edit.ts";
import { type LimitTermsRefused, refusalOfOverride, refusalOfPlan } from "../limit-terms.ts";
import { record } from "../record.ts";

/** What to change; a property that is left out stays as it is. */
export type ClientUpdate = {
  readonly name?: string | undefined;
  readonly metadata?: Metadata | undefined;
  /** Null: the default plan. */
  readonly plan?: string | null | undefined;
  /** Null: the limits of the plan. */
  readonly limits?: Override | null | undefined;
};

export type UpdateClientOutcome =
  | { readonly kind: "updated"; readonly client: Client }
  | { readonly kind: "client-unknown" }
  | { readonly kind: "edit-conflict" }
  | { readonly kind: "name-taken" }
  | { readonly kind: "name-invalid"; readonly violation: string }
  | { readonly kind: "scope-not-grantable"; readonly scopes: readonly string[] }
  | { readonly kind: "metadata-invalid"; readonly violation: string }
  | LimitTermsRefused;

/**
 * Changes a client; `id` may be its name. Renaming takes the authority to grant the scopes of its keys, because a later
 * action that names the client would reach another one.
 */
export async function updateClient(
  { id: idOrName, update, isCurrent }: Edit<Client, ClientUpdate>,
  authority: Authority,
  deps: ActionDeps,
): Promise<UpdateClientOutcome> {
  const violation = update.metadata && metadataViolation(update.metadata);
  if (violation !== undefined) return { kind: "metadata-invalid", violation };
  const { name } = update;
  const nameViolation = name === undefined ? undefined : clientNameViolation(name);
  if (nameViolation !== undefined) return { kind: "name-invalid", violation: nameViolation };
  const { policy, clock } = deps;
  const refusal = refusalOfPlan(policy, update.plan ?? null);
  if (refusal !== undefined) return refusal;

  return transact(deps.db, async (tx) => {
    const before = await findClient(tx, idOrName);
    if (before === undefined) return { kind: "client-unknown" };
    if (!isCurrent(before)) return { kind: "edit-conflict" };
    const isRenamed = name !== undefined && name !== before.name;
    const refused = isRenamed ? refusedScopes(authority, await scopesOfClient(tx, before.id)) : [];
    if (refused.length > 0) return { kind: "scope-not-grantable", scopes: refused };
    const namesake = name === undefined ? undefined : await findClient(tx, name);
    if (namesake !== undefined && namesake.id !== before.id) return { kind: "name-taken" };

    const client = toUpdated(before, update);
    const terms = { holder: "client", now: clock.now() } as const;
    const limitsRefusal = refusalOfOverride(update.limits ?? null, planOf(policy, client.plan), terms);
    if (limitsRefusal !== undefined) return limitsRefusal;
    const details = differences(toWords(before), toWords(client));
    if (Object.keys(details).length === 0) return { kind: "updated", client: before };
    await replaceClient(tx, client);
    await record(within(deps, tx), {
      action: "client.changed",
      target: { kind: "client", id: client.id },
      at: deps.clock.now(),
      details,
    });
    return { kind: "updated", client };
  });
}

function toUpdated(before: Client, { name, metadata, plan, limits }: ClientUpdate): Client {
  return {
    ...before,
    ...(name !== undefined && { name }),
    ...(metadata !== undefined && { metadata }),
    ...(plan !== undefined && { plan }),
    ...(limits !== undefined && { limits }),
  };
}

function toWords({ name, metadata, plan, limits }: Client) {
  return { name, metadata: JSON.stringify(metadata), plan: plan ?? "default", limits: describeOverride(limits) };
}
