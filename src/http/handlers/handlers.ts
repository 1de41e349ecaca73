import type { UnattributedDeps } from "../../admin/perform-action.ts";
import type { OperationId } from "../../contract/types.gen.ts";
import type { AnyHandler, Handler, HandlersById } from "../reply/handler.ts";
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

type ServedOperations = {
  /** Their names in the table above, by operationId. */
  readonly names: Readonly<Record<string, string>>;
  /** The path below which they are served; empty for none. */
  readonly prefix: string;
};

/** The handlers of these operations, by operationId. @throws Error for a name without a handler. */
export function createHandlers(deps: HandlerDeps, { names, prefix }: ServedOperations = ALL): HandlersById {
  const factories = new Map<string, (deps: HandlerDeps) => AnyHandler>(Object.entries(HANDLER_FACTORIES));
  return Object.fromEntries(
    Object.entries(names).map(([id, name]) => {
      const create = factories.get(name);
      if (create === undefined) throw new Error(`The operation ${name} has no handler.`);
      return [id, prefix === "" ? create(deps) : withPrefix(create(deps), prefix)];
    }),
  );
}

const ALL: ServedOperations = { names: Object.fromEntries(HANDLED_OPERATIONS.map((name) => [name, name])), prefix: "" };

/** The handler, with the locations that it replies with below `prefix`. */
function withPrefix(handler: AnyHandler, prefix: string): AnyHandler {
  return async (call) => {
    const reply = await handler(call);
    return "location" in reply && reply.location !== undefined
      ? { ...reply, location: `${prefix}${reply.location}` }
      : reply;
  };
}
