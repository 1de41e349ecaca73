import type { ActDeps } from "../../admin/act.ts";
import type { Handlers } from "../reply/handler.ts";
import { listAuditEvents } from "./audit.ts";
import { authorizeRequest } from "./authorize.ts";
import {
  createClient,
  disableClient,
  enableClient,
  getClient,
  listClients,
  revokeClientKeys,
  updateClient,
} from "./clients.ts";
import { getData, getInfo, getSecretData } from "./data.ts";
import { getHealth, getReadiness, type HealthDeps } from "./health.ts";
import { listKeyHygiene } from "./hygiene.ts";
import { createKey, getKey, listKeys, revokeKey, updateKey } from "./keys.ts";
import { getOwnKey, type OwnKeyDeps, rotateOwnKey } from "./own-key.ts";
import { disableKey, enableKey, rotateKey } from "./rotation.ts";
import { getDecision, getOwnUsage, getUsage, listKeyUses, type UsageDeps } from "./usage.ts";
import { type VerifyDeps, verifyKey } from "./verify.ts";

export type HandlerDeps = ActDeps & HealthDeps & VerifyDeps & OwnKeyDeps & UsageDeps;

/** One handler for every operation of the contract; a missing or a superfluous one does not compile. */
export function createHandlers(deps: HandlerDeps) {
  return {
    getData,
    getInfo,
    getSecretData,
    getOwnKey: getOwnKey(deps),
    rotateOwnKey: rotateOwnKey(deps),
    createClient: createClient(deps),
    listClients: listClients(deps),
    getClient: getClient(deps),
    updateClient: updateClient(deps),
    disableClient: disableClient(deps),
    enableClient: enableClient(deps),
    revokeClientKeys: revokeClientKeys(deps),
    createKey: createKey(deps),
    listKeys: listKeys(deps),
    getKey: getKey(deps),
    updateKey: updateKey(deps),
    revokeKey: revokeKey(deps),
    rotateKey: rotateKey(deps),
    disableKey: disableKey(deps),
    enableKey: enableKey(deps),
    verifyKey: verifyKey(deps),
    listAuditEvents: listAuditEvents(deps),
    listKeyHygiene: listKeyHygiene({ ...deps, hasPlans: deps.policy?.plans.size > 0 }),
    getUsage: getUsage(deps),
    getOwnUsage: getOwnUsage(deps),
    listKeyUses: listKeyUses(deps),
    getDecision: getDecision(deps),
    authorizeRequest,
    getHealth,
    getReadiness: getReadiness(deps),
  } satisfies Handlers;
}

/** The operationIds that have a handler. */
export function handledOperations(): readonly string[] {
  // Only the names are looked at: no handler runs, so nothing is missed.
  return Object.keys(createHandlers({} as HandlerDeps));
}
