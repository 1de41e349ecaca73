import { userInfo } from "node:os";
import { operatorPrincipal, type ServiceActionDeps } from "../admin/actions.ts";

import { type Config, type Environment, parseConfig } from "../config/config.ts";
import type { JsonObject } from "../contract/document/json.ts";
import type { LoadedDocument } from "../contract/document/load.ts";
import { actionDepsOf, openClock } from "../service/resources.ts";
import { loadBuiltInContract, readServedContract } from "../service/served-contract.ts";
import { openStore } from "../store/database/database.ts";
import { CommandFailed } from "./failure.ts";
import type { Output } from "./output.ts";

/** What every command gets from the process that runs it. */
export type Session = Output & {
  readonly environment: Environment;
  /** Asks the person at the terminal; false without a terminal. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** The contract of the service, where it has been read before. */
  readonly contract?: LoadedDocument;
};

/** @throws CommandFailed with every mistake in the settings. */
export function configOf(environment: Environment): Config {
  const outcome = parseConfig(environment);
  if (outcome.kind === "invalid") throw new CommandFailed(outcome.errors.join("\n"));
  return outcome.config;
}

/** Runs `work` on the database of the settings, whether or not the service runs on it too. */
export async function withActions<T>(
  { environment, contract: known, err }: Session,
  work: (deps: ServiceActionDeps, document: JsonObject) => Promise<T>,
): Promise<T> {
  const config = configOf(environment);
  const own = known ?? loadBuiltInContract();
  const contract = await readServedContract(config, own);
  const { db, databaseFile } = await openStore(config.databaseUrl);
  try {
    const clock = await openClock(db, () => {});
    return await work(
      actionDepsOf(config, contract, { db, clock, principal: operatorPrincipal(nameOfUser()) }),
      own.document,
    );
  } finally {
    await db.destroy();
    for (const { from, to, failed } of databaseFile.loss()?.aside ?? []) {
      const what = failed === undefined ? `was renamed to ${to}` : `has to be renamed (${failed})`;
      err(`The database file is lost. ${from} belongs to it, and ${what}.\n`);
    }
  }
}

/** As the system knows them; in a container there may be a number and no name. */
export function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}
