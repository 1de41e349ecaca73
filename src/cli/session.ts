import { userInfo } from "node:os";
import { sql } from "kysely";
import { operatorPrincipal, type ServiceActionDeps } from "../admin/actions.ts";

import type { Config } from "../config/config.ts";
import { type GatheredSettings, gatherSettings, loadConfig, type SettingsInput } from "../config/load-config.ts";
import type { EnvironmentVariables } from "../config/setting.ts";
import { toOpenApiDocument } from "../contract/document/openapi-document.ts";
import { type CheckText, createCheckText } from "../contract/model/check-text.ts";
import { actionDepsOf, openClock } from "../service/action-deps.ts";
import { type BuiltInContract, loadBuiltInContract, readServedTerms } from "../service/built-in-contract.ts";
import { openStore } from "../store/database/database.ts";
import type { Database } from "../store/database/schema.ts";
import { CommandFailed } from "./failure.ts";
import type { Output, PaintedOutput } from "./output.ts";
import { databaseNote } from "./words/database-note.ts";

/** What a command gets from the process that runs it. */
export type Session = PaintedOutput & {
  readonly environment: EnvironmentVariables;
  /** The settings that options of the command line name, by their environment variables. */
  readonly options?: EnvironmentVariables;
  /** Asks the person at the terminal; false without a terminal. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** The built-in contract, if it is loaded already. */
  readonly contract?: BuiltInContract;
};

/** The session of `init`, which may print a file. */
export type InitSession = Session & {
  /** Writes to the output without escaping. For files only: a terminal would obey what is in them. */
  readonly rawOut: Output["out"];
};

/** The settings of options, environment and settings file. @throws CommandFailed with every error in them. */
export async function configOf(session: SettingsInput): Promise<Config> {
  return (await settingsOf(session)).config;
}

/** The same, with where each comes from. @throws CommandFailed */
export async function settingsOf(input: SettingsInput) {
  const loaded = await loadConfig(input);
  if (loaded.kind === "invalid") throw new CommandFailed(loaded.errors.join("\n"));
  return loaded;
}

/** The settings as text, for a command that needs few of them. @throws CommandFailed with errors of the file. */
export async function settingTextsOf(input: SettingsInput): Promise<GatheredSettings> {
  const gathered = await gatherSettings(input);
  if (gathered.errors.length > 0) throw new CommandFailed(gathered.errors.join("\n"));
  return gathered;
}

type Work<T> = (deps: ServiceActionDeps, checkText: CheckText) => Promise<T>;

/** Reads with `work` in the database of the settings, whether or not the service runs on it too. */
export function withActions<T>(session: Session, work: Work<T>): Promise<T> {
  return onDatabase(session, work, false);
}

/** The same for work that changes something: afterwards `err` says which database it was. */
export function withChanges<T>(session: Session, work: Work<T>): Promise<T> {
  return onDatabase(session, work, true);
}

async function onDatabase<T>(session: Session, work: Work<T>, isChange: boolean): Promise<T> {
  const config = await configOf(session);
  const { contract: known, err } = session;
  const own = known ?? loadBuiltInContract();
  const terms = await readServedTerms(config, own);
  const { db, databaseFile, isNew } = await openStore(config.databaseUrl);
  let hasWritten = false;
  try {
    const clock = await openClock(db, () => {});
    const before = await countChanges(db);
    const done = await work(
      actionDepsOf(config, terms, { db, clock, principal: operatorPrincipal(nameOfUser()) }),
      createCheckText(toOpenApiDocument(own.document)),
    );
    // A refused change has written nothing.
    hasWritten = isChange && (await countChanges(db)) > before;
    return done;
  } finally {
    await db.destroy();
    // Also after a failure: a key is often unknown because the service has another database.
    err(databaseNote({ databaseUrl: config.databaseUrl, isNew, hasWritten }, session.environment));
    for (const { from, to, failed } of databaseFile.loss()?.aside ?? []) {
      const what = failed === undefined ? `was renamed to ${to}` : `must be renamed (${failed})`;
      err(`The database file is lost. ${from} belonged to it and ${what}.\n`);
    }
  }
}

/** How many rows this connection has written. */
async function countChanges(db: Database): Promise<number> {
  const { rows } = await sql<{ readonly changes: number }>`SELECT total_changes() AS changes`.execute(db);
  return rows[0]?.changes ?? 0;
}

/** The name of the operating system's user; in a container there may be only a number. */
export function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}
