import { fileURLToPath } from "node:url";
import { type ActionDeps, type Principal, type ServiceActionDeps, SYSTEM_PRINCIPAL } from "../admin/actions.ts";
import type { Config } from "../config/config.ts";
import type { LoadedDocument } from "../contract/document/load.ts";
import { type Operation, toOperations } from "../contract/model/operations.ts";
import { toPolicy } from "../contract/model/plans.ts";
import { toScopes } from "../contract/model/schemes.ts";
import { HANDLED_OPERATIONS } from "../http/handlers/handlers.ts";
import type { AnyHandler } from "../http/reply/handler.ts";
import type { Log } from "../lib/log/log.ts";
import { systemRandom } from "../lib/random.ts";
import { systemClock, systemTicks, toTimestamp } from "../lib/time/clock.ts";
import { createGuardedClock, type Disagreement, type GuardedClock } from "../lib/time/guarded-clock.ts";
import { heldPlans } from "../store/clients.ts";
import { openStore } from "../store/database/database.ts";
import type { Database } from "../store/database/schema.ts";
import { readSeenAt } from "../store/database/store-state.ts";
import { CONTRACT, ContractRefused, handledHere, loadOwn, loadServed } from "./served-contract.ts";

/** An app of somebody that this service is a part of: it answers what has no handler and no upstream. */
export type Surroundings = {
  /** Those of the operations of the contract that have a handler, by operationId. */
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  /** What there is against these handlers, given the operations of the app, and at which of them. */
  readonly judge: (
    operations: readonly Operation[],
  ) => readonly { readonly at?: Operation; readonly message: string }[];
};

/** What everything else stands on: the contract, and the store. */
export type Ground = Awaited<ReturnType<typeof openStore>> & {
  readonly own: LoadedDocument;
  readonly contract: LoadedDocument;
  readonly actions: ServiceActionDeps;
};

/** @throws ContractUnreadable, ContractRefused, StoreUnusable */
export async function openResources(config: Config, log: Log, surroundings?: Surroundings): Promise<Ground> {
  const own = loadOwn();
  const contract = await loadSound(config, own, log, surroundings);
  const store = await openStore(config.databaseUrl);
  try {
    const clock = await openClock(store.db, (disagreement) => log.warn(wordsOf(disagreement), CLOCK_DOUBTED));
    const actions = actionDepsOf(config, contract, { db: store.db, clock, principal: SYSTEM_PRINCIPAL });
    await requireHeldPlans(config, contract, actions);
    return { ...store, own, contract, actions };
  } catch (error) {
    await store.db.destroy();
    throw error;
  }
}

export function fileOf({ contract: { path } }: Config): string {
  return path ?? fileURLToPath(CONTRACT);
}

/** The contract that is served, if there is nothing against it. */
async function loadSound(config: Config, own: LoadedDocument, log: Log, surroundings: Surroundings | undefined) {
  const isInApp = surroundings !== undefined;
  const served = await loadServed(config, own, { handlers: HANDLED_OPERATIONS, isInApp });
  const { contract, findings, warnings } = served;
  if (findings.length > 0) throw new ContractRefused(fileOf(config), findings);
  const ours = handledHere(config, own) ?? [];
  const theirs = toOperations(contract.document).filter(({ id }) => !ours.includes(id));
  const violations = (surroundings?.judge(theirs) ?? []).map(({ at, message }) => ({
    line: contract.lineOf(at === undefined ? [] : ["paths", at.path, at.method.toLowerCase()]),
    message,
  }));
  if (violations.length > 0) throw new ContractRefused(fileOf(config), violations);
  for (const { line, message } of warnings) log.warn({ line }, message);
  return contract;
}

/** A client must not fall back to the default plan because its own is missing. */
async function requireHeldPlans(config: Config, { lineOf }: LoadedDocument, { db, policy }: ActionDeps) {
  const gone = (await heldPlans(db)).filter((name) => !policy.plans.has(name));
  if (gone.length === 0) return;
  throw new ContractRefused(
    fileOf(config),
    gone.map((name) => ({
      line: lineOf(["x-latchkey", "plans"]),
      message: `clients hold the plan ${name}, which is gone: put it back, or give them another one (latchkey clients update CLIENT --plan PLAN)`,
    })),
  );
}

type Grounding = { readonly db: Database; readonly clock: GuardedClock; readonly principal: Principal };

/** The clock of this process, which does not begin before a service was last seen on this database. */
export async function openClock(db: Database, tell: (disagreement: Disagreement) => void): Promise<GuardedClock> {
  return createGuardedClock({ wall: systemClock, ticks: systemTicks, seenAt: await readSeenAt(db), tell });
}

export const CLOCK_DOUBTED =
  "the wall clock contradicts the monotonic clock or the database, and is not believed for now: set it right; see The clock in docs/recovery.md";

function wordsOf({ aheadMs, wall, believed }: Disagreement) {
  return { wallClock: toTimestamp(wall), believed: toTimestamp(believed), aheadSeconds: Math.round(aheadMs / 1000) };
}

type KeyConfig = Pick<Config, "brand" | "maxKeysPerClient">;

/** What the deeds need, for whoever does them: the service, or the command line beside it. */
export function actionDepsOf(
  config: KeyConfig,
  contract: LoadedDocument,
  { db, clock, principal }: Grounding,
): ServiceActionDeps {
  const { brand, maxKeysPerClient } = config;
  const { document } = contract;
  const scopes = Object.keys(toScopes(document));
  const policy = toPolicy(document);
  const neededScopes = new Map(toOperations(document).map((operation) => [operation.id, operation.scopes]));
  return { db, clock, random: systemRandom, brand, maxKeysPerClient, scopes, policy, neededScopes, principal };
}
