import type { UnattributedDeps } from "../../admin/perform-action.ts";
import type { OperationId } from "../../contract/types.gen.ts";
import type { Handler, HandlersById } from "../reply/handler.ts";
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
import { disableKey, enableKey, rotateKey } from "./key-lifecycle.ts";
import { createKey, getKey, listKeys, revokeKey, updateKey } from "./keys.ts";
import { getOwnKey, type OwnKeyDeps, rotateOwnKey } from "./own-key.ts";
import { getDecision, getOwnUsage, getUsage, listKeyUses, type UsageDeps } from "./usage.ts";
import { type VerifyDeps, verifyKey } from "./verify.ts";

export type HandlerDeps = UnattributedDeps & HealthDeps & VerifyDeps & OwnKeyDeps & UsageDeps;

export type HandlerFactories = { readonly [Id in OperationId]: (deps: HandlerDeps) => Handler<Id> };

/** Creates the handler of every operation of the contract; a missing or a superfluous entry does not compile. */
export const HANDLER_FACTORIES = {
  getData: () => getData,
  getInfo: () => getInfo,
  getSecretData: () => getSecretData,
  getOwnKey,
  rotateOwnKey,
  createClient,
  listClients,
  getClient,
  updateClient,
  disableClient,
  enableClient,
  revokeClientKeys,
  createKey,
  listKeys,
  getKey,
  updateKey,
  revokeKey,
  rotateKey,
  disableKey,
  enableKey,
  verifyKey,
  listAuditEvents,
  listKeyHygiene: (deps) => listKeyHygiene({ ...deps, hasPlans: deps.policy.plans.size > 0 }),
  getUsage,
  getOwnUsage,
  listKeyUses,
  getDecision,
  authorizeRequest: () => authorizeRequest,
  getHealth: () => getHealth,
  getReadiness,
} satisfies HandlerFactories;

/** The operationIds that have a handler. */
export const HANDLED_OPERATIONS: readonly string[] = Object.keys(HANDLER_FACTORIES);

/** The handlers of the operations that `isWanted` picks, by operationId. */
export function createHandlers(
  deps: HandlerDeps,
  isWanted: (operationId: string) => boolean = () => true,
): HandlersById {
  const wanted = Object.entries(HANDLER_FACTORIES).filter(([id]) => isWanted(id));
  return Object.fromEntries(wanted.map(([id, create]) => [id, create(deps)]));
}
