import { type Client, objectionToClientName } from "../keys/client.ts";
import { type Metadata, objectionToMetadata } from "../keys/metadata.ts";
import { findClient, replaceClient } from "../store/clients.ts";
import { scopesOfClient } from "../store/keys.ts";
import { transact } from "../store/transact.ts";
import { type Actor, type DeedDeps, refusedScopes, within } from "./deeds.ts";
import { differences, type Edit } from "./edit.ts";
import { record } from "./record.ts";

/** What is to be different; what is left out stays. */
export type ClientUpdate = { readonly name?: string | undefined; readonly metadata?: Metadata | undefined };

export type UpdateClientOutcome =
  | { readonly kind: "updated"; readonly client: Client }
  | { readonly kind: "client-unknown" }
  | { readonly kind: "changed-meanwhile" }
  | { readonly kind: "name-taken" }
  | { readonly kind: "name-unfit"; readonly objection: string }
  | { readonly kind: "scope-not-grantable"; readonly scopes: readonly string[] }
  | { readonly kind: "metadata-invalid"; readonly objection: string };

/**
 * Changes a client; `id` may be its name. Who could not grant the scopes of its keys cannot rename it: the next deed
 * that names it would be done to another client.
 */
export async function updateClient(
  { id: idOrName, update, isCurrent }: Edit<Client, ClientUpdate>,
  actor: Actor,
  deps: DeedDeps,
): Promise<UpdateClientOutcome> {
  const objection = update.metadata && objectionToMetadata(update.metadata);
  if (objection !== undefined) return { kind: "metadata-invalid", objection };
  const { name } = update;
  const unfit = name === undefined ? undefined : objectionToClientName(name);
  if (unfit !== undefined) return { kind: "name-unfit", objection: unfit };

  return transact(deps.db, async (tx) => {
    const before = await findClient(tx, idOrName);
    if (before === undefined) return { kind: "client-unknown" };
    if (!isCurrent(before)) return { kind: "changed-meanwhile" };
    const isRenamed = name !== undefined && name !== before.name;
    const refused = isRenamed ? refusedScopes(actor, await scopesOfClient(tx, before.id)) : [];
    if (refused.length > 0) return { kind: "scope-not-grantable", scopes: refused };
    const namesake = name === undefined ? undefined : await findClient(tx, name);
    if (namesake !== undefined && namesake.id !== before.id) return { kind: "name-taken" };

    const client = { ...before, name: name ?? before.name, metadata: update.metadata ?? before.metadata };
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

function toWords({ name, metadata }: Client) {
  return { name, metadata: JSON.stringify(metadata) };
}
