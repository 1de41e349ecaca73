import type { Client } from "../../keys/client.ts";
import { findClient, markClientDisabled } from "../../store/clients.ts";
import { transact } from "../../store/database/transact.ts";
import { scopesOfClient } from "../../store/keys.ts";
import { type ActionDeps, type Authority, refusedScopes, within } from "../actions.ts";
import { record } from "../record.ts";

export type DisableClientOutcome =
  | { readonly kind: "done"; readonly client: Client }
  | { readonly kind: "client-unknown" }
  | { readonly kind: "scope-not-grantable"; readonly scopes: readonly string[] };

/** Disables a client: from now on all its keys are refused. A disabled client keeps its time. */
export async function disableClient(idOrName: string, deps: ActionDeps): Promise<DisableClientOutcome> {
  return transact(deps.db, async (tx) => {
    const client = await findClient(tx, idOrName);
    if (client === undefined) return { kind: "client-unknown" };
    if (client.disabledAt !== null) return { kind: "done", client };

    const disabledAt = deps.clock.now();
    await markClientDisabled(tx, client.id, disabledAt);
    await record(within(deps, tx), {
      action: "client.disabled",
      target: { kind: "client", id: client.id },
      at: disabledAt,
    });
    return { kind: "done", client: { ...client, disabledAt } };
  });
}

/** Enables a client. It takes the authority to grant the scopes of all its keys. */
export async function enableClient(
  idOrName: string,
  authority: Authority,
  deps: ActionDeps,
): Promise<DisableClientOutcome> {
  return transact(deps.db, async (tx) => {
    const client = await findClient(tx, idOrName);
    if (client === undefined) return { kind: "client-unknown" };
    if (client.disabledAt === null) return { kind: "done", client };
    const refused = refusedScopes(authority, await scopesOfClient(tx, client.id));
    if (refused.length > 0) return { kind: "scope-not-grantable", scopes: refused };

    await markClientDisabled(tx, client.id, null);
    await record(within(deps, tx), {
      action: "client.enabled",
      target: { kind: "client", id: client.id },
      at: deps.clock.now(),
    });
    return { kind: "done", client: { ...client, disabledAt: null } };
  });
}
