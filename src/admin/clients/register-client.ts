import { type Client, clientNameViolation } from "../../keys/client.ts";
import { newId } from "../../keys/generate.ts";
import { type Metadata, metadataViolation } from "../../keys/metadata.ts";
import { findClient, insertClient } from "../../store/clients.ts";
import { transact } from "../../store/database/transact.ts";
import { type ActionDeps, within } from "../actions.ts";
import { type LimitTermsRefused, refusalOfPlan } from "../limit-terms.ts";
import { record } from "../record.ts";

export type NewClient = {
  readonly name: string;
  readonly plan?: string | undefined;
  readonly metadata?: Metadata | undefined;
};

export type RegisterOutcome =
  | { readonly kind: "registered"; readonly client: Client }
  | { readonly kind: "name-taken" }
  /** The name is not valid, for example because it could be mistaken for another client's. */
  | { readonly kind: "name-invalid"; readonly violation: string }
  | { readonly kind: "metadata-invalid"; readonly violation: string }
  | LimitTermsRefused;

export async function registerClient(
  { name, plan, metadata = {} }: NewClient,
  deps: ActionDeps,
): Promise<RegisterOutcome> {
  const nameViolation = clientNameViolation(name);
  if (nameViolation !== undefined) return { kind: "name-invalid", violation: nameViolation };
  const violation = metadataViolation(metadata);
  if (violation !== undefined) return { kind: "metadata-invalid", violation };
  const refusal = refusalOfPlan(deps.policy, plan ?? null);
  if (refusal !== undefined) return refusal;

  return transact(deps.db, async (tx) => {
    if (await findClient(tx, name)) return { kind: "name-taken" };

    const client = {
      id: newId("client", deps.random),
      name,
      metadata,
      createdAt: deps.clock.now(),
      disabledAt: null,
      plan: plan ?? null,
      limits: null,
    };
    await insertClient(tx, client);
    await record(within(deps, tx), {
      action: "client.registered",
      target: { kind: "client", id: client.id },
      at: client.createdAt,
      details: { name, ...(plan !== undefined && { plan }) },
    });
    return { kind: "registered", client };
  });
}
