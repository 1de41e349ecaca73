import type { DeedDeps } from "../admin/deeds.ts";
import type { Handlers } from "./handler.ts";
import { createClient, getClient, listClients } from "./handlers/clients.ts";
import { getData, getInfo, getSecretData } from "./handlers/data.ts";
import { getHealth, getReadiness, type HealthDeps } from "./handlers/health.ts";
import { createKey, getKey, listKeys, revokeKey } from "./handlers/keys.ts";
import { getOwnKey } from "./handlers/own-key.ts";

export type HandlerDeps = DeedDeps & HealthDeps;

/** One handler for every operation of the contract; a missing or a superfluous one does not compile. */
export function createHandlers(deps: HandlerDeps) {
  return {
    getData,
    getInfo,
    getSecretData,
    getOwnKey,
    createClient: createClient(deps),
    listClients: listClients(deps),
    getClient: getClient(deps),
    createKey: createKey(deps),
    listKeys: listKeys(deps),
    getKey: getKey(deps),
    revokeKey: revokeKey(deps),
    getHealth,
    getReadiness: getReadiness(deps),
  } satisfies Handlers;
}

/** The operationIds that have a handler. */
export function handledOperations(): readonly string[] {
  // Only the names are looked at: no handler runs, so nothing is missed.
  return Object.keys(createHandlers({} as HandlerDeps));
}
