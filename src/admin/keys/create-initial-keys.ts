import type { ApiKey, Environment } from "../../keys/key.ts";
import { isAdministrative } from "../../keys/scopes.ts";
import { hasClients } from "../../store/clients.ts";
import { transact } from "../../store/database/transact.ts";
import { type ActionDeps, OPERATOR_AUTHORITY, within } from "../actions.ts";
import { registerClient } from "../clients/register-client.ts";
import { issueKey } from "./issue-key.ts";

type Issued = { readonly key: ApiKey; readonly secret: string };

export type InitialKeys = { readonly admin: Issued; readonly demo: Issued };

/**
 * On an empty database, registers the clients `admin` and `demo` with a key each: one may administer the service, the
 * other may read its data.
 * @param environments the accepted ones; the demo key is a test key where that is possible.
 * @returns undefined when there are clients already.
 */
export async function createInitialKeys(
  environments: readonly Environment[],
  deps: ActionDeps,
): Promise<InitialKeys | undefined> {
  return transact(deps.db, async (tx) => {
    if (await hasClients(tx)) return undefined;

    const inside = within(deps, tx);
    const pick = (preferred: Environment) =>
      environments.includes(preferred) ? preferred : (environments[0] ?? preferred);
    const dataScopes = deps.scopes.filter((scope) => !isAdministrative(scope));
    return {
      admin: await issueFirst("admin", deps.scopes.filter(isAdministrative), pick("live"), inside),
      demo: await issueFirst("demo", dataScopes, pick("test"), inside),
    };
  });
}

async function issueFirst(
  client: string,
  scopes: readonly string[],
  environment: Environment,
  deps: ActionDeps,
): Promise<Issued> {
  await registerClient({ name: client }, deps);
  const outcome = await issueKey(
    { client, name: "first", scopes, environment, expiresAt: null },
    OPERATOR_AUTHORITY,
    deps,
  );
  if (outcome.kind !== "issued") throw new Error(`The first key for ${client} was refused: ${outcome.kind}.`);
  return outcome;
}
