import { fileURLToPath } from "node:url";
import { type ActionDeps, type ServiceActionDeps, SYSTEM_PRINCIPAL } from "../admin/actions.ts";
import type { Config } from "../config/config.ts";
import { type Finding, folded } from "../contract/document/finding.ts";
import type { Contract } from "../contract/model/contract.ts";
import type { ContractTerms } from "../contract/model/contract-terms.ts";
import type { Operation } from "../contract/model/operations.ts";
import type { HandlersById } from "../http/reply/handler.ts";
import { commandText } from "../lib/command-text.ts";
import type { Log } from "../lib/log/log.ts";
import { toTimestamp } from "../lib/time/clock.ts";
import type { Disagreement } from "../lib/time/guarded-clock.ts";
import { heldPlans } from "../store/clients.ts";
import { openStore } from "../store/database/database.ts";
import { actionDepsOf, openClock } from "./action-deps.ts";
import { BUILT_IN_CONTRACT, loadBuiltInContract } from "./built-in-contract.ts";
import { ContractRefused, loadServedContract } from "./served-contract.ts";

/** The Express app that this service is mounted in. It handles the operations of the user contract. */
export type HostApp = {
  /** Handlers of operations of the user contract; the routes of the app handle the others. */
  readonly handlers: HandlersById;
  /** Checks the handlers against the operations of the user contract. */
  readonly findViolations: (operations: readonly Operation[]) => readonly HostAppViolation[];
};

/** A mistake in the handlers of a host app. */
export type HostAppViolation = {
  /** The operation whose line in the contract is reported. */
  readonly operation?: Operation;
  readonly message: string;
};

/** What a service is built on: the contract and the open store. */
export type Resources = Awaited<ReturnType<typeof openStore>> & {
  readonly contract: Contract;
  /** What the listener for administration serves, if there is one. */
  readonly administration: Contract | undefined;
  readonly actions: ServiceActionDeps;
};

/** @throws ContractUnreadable, ContractRefused, StoreUnusable */
export async function openResources(config: Config, log: Log, hostApp?: HostApp): Promise<Resources> {
  const { contract, administration, warnings } = await loadSoundContract(config, hostApp !== undefined);
  requireSoundHandlers(config, contract, hostApp?.findViolations(userOperations(contract)) ?? []);
  for (const { line, message } of folded(warnings)) log.warn({ line }, message);
  warnOfReporting(config, contract, log);
  const store = await openStore(config.databaseUrl);
  try {
    const clock = await openClock(store.db, (disagreement) => log.warn(toLogFields(disagreement), CLOCK_DOUBTED));
    const actions = actionDepsOf(config, termsOf(contract, administration), {
      db: store.db,
      clock,
      principal: SYSTEM_PRINCIPAL,
    });
    await requireHeldPlans(config, contract, actions);
    return { ...store, contract, administration, actions };
  } catch (error) {
    await store.db.destroy();
    throw error;
  }
}

/** What actions need of both contracts. Operations that are in both have one id. */
function termsOf(contract: Contract, administration: Contract | undefined): ContractTerms {
  if (administration === undefined) return contract;
  return {
    operations: [...contract.operations, ...administration.operations],
    scopes: { ...contract.scopes, ...administration.scopes },
    policy: contract.policy,
  };
}

/** The file of the served contract. */
export function contractFileOf({ contract: { path } }: Config): string {
  return path ?? fileURLToPath(BUILT_IN_CONTRACT);
}

async function loadSoundContract(config: Config, hasHostApp: boolean) {
  const parsed = await loadServedContract(config, loadBuiltInContract(), { hasHostApp });
  if (parsed.kind === "refused") throw new ContractRefused(contractFileOf(config), parsed.findings);
  return parsed;
}

/** So that it is not forgotten once the contract is right. */
function warnOfReporting({ contract: { requests: usual } }: Config, contract: Contract, log: Log) {
  const operations = userOperations(contract).filter(({ requests = usual }) => requests === "report").length;
  if (operations > 0) log.warn({ operations }, REPORTING);
}

const REPORTING = `invalid requests are passed on and counted (requests: report): see ${commandText("contract observe")}, then set requests: enforce`;

function userOperations({ operations, isBuiltIn }: Contract): readonly Operation[] {
  return operations.filter(({ id }) => !isBuiltIn(id));
}

function requireSoundHandlers(config: Config, { sourceLines }: Contract, violations: readonly HostAppViolation[]) {
  if (violations.length === 0) return;
  const findings = violations.map(
    ({ operation, message }): Finding => ({
      line: operation ? sourceLines.lineOf(operation.id, "operation") : 1,
      message,
    }),
  );
  throw new ContractRefused(contractFileOf(config), findings);
}

/** A client whose plan is missing must not fall back to the default plan. */
async function requireHeldPlans(config: Config, { sourceLines }: Contract, { db, policy }: ActionDeps) {
  const missing = (await heldPlans(db)).filter((name) => !policy.plans.has(name));
  if (missing.length === 0) return;
  throw new ContractRefused(
    contractFileOf(config),
    missing.map((name) => ({
      line: sourceLines.plansLine,
      message: `clients hold the plan ${name}, which the contract does not declare: put it back, or give them another one (${commandText("clients update CLIENT --plan PLAN")})`,
    })),
  );
}

const CLOCK_DOUBTED =
  "the wall clock contradicts the monotonic clock or the database, and is not trusted for now: correct it, see The clock in docs/recovery.md";

function toLogFields({ aheadMs, wall, believed }: Disagreement) {
  return { wallClock: toTimestamp(wall), believed: toTimestamp(believed), aheadSeconds: Math.round(aheadMs / 1000) };
}
