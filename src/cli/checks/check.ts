import type { Config } from "../../config/config.ts";
import type { Instant } from "../../lib/time/clock.ts";
import type { DatabaseFacts } from "../../store/database/look-at-database.ts";
import type { ContractFacts } from "./find-contract.ts";
import type { ServiceFacts } from "./find-service.ts";

/** `warning`: works, but not as it should. `problem`: does not work, or not for long. */
export type Verdict = "ok" | "warning" | "problem";

/** What a check found, in a sentence without a full stop, and what to do about it. */
export type CheckResult = {
  readonly check: string;
  readonly verdict: Verdict;
  readonly fact: string;
  readonly cure?: string;
};

/** What the checks look at. It was gathered without changing anything. */
export type Installation = {
  readonly config: Config;
  readonly contract: ContractFacts;
  readonly database: DatabaseFacts;
  readonly service: ServiceFacts;
  /** Whether a service writes its heartbeat to this database. */
  readonly isInUse: boolean;
  readonly now: Instant;
};

/** Looks at one thing of an installation. */
export type Check = {
  readonly name: string;
  readonly run: (installation: Installation) => Promise<readonly Omit<CheckResult, "check">[]>;
};

/** What `checks` find, in their order. One that fails is a problem too. */
export async function runChecks(checks: readonly Check[], installation: Installation): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { name, run } of checks) {
    const found = await run(installation).catch((error: Error) => [
      { verdict: "problem" as const, fact: `cannot be checked (${error.message})` },
    ]);
    for (const result of found) results.push({ check: name, ...result });
  }
  return results;
}
