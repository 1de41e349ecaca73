import { flushCompileCache } from "node:module";
import { createInitialKeys, type InitialKeys } from "../../admin/keys/create-initial-keys.ts";
import type { WorkerDeps } from "../../cluster/worker.ts";
import type { Config } from "../../config/config.ts";
import { type GatheredSettings, type SettingsInput, toEnvironment } from "../../config/load-config.ts";
import type { EnvironmentVariables } from "../../config/setting.ts";
import { KEYS_IN_TEXT, mayContainKeys } from "../../keys/format.ts";
import { isAdministrative } from "../../keys/scopes.ts";
import { createLineBatcher } from "../../lib/async/line-batcher.ts";
import { commandText } from "../../lib/command-text.ts";
import { createLog, type Log } from "../../lib/log/log.ts";
import type { Unfinished } from "../../service/orderly-stop.ts";
import { announceService } from "../../service/presence/announce-service.ts";
import { type Running, serve } from "../../service/start.ts";
import { hasClients } from "../../store/clients.ts";
import { CommandFailed } from "../failure.ts";
import { type Session, settingsOf } from "../session.ts";
import type { StrictnessOptions } from "../syntax/shared-options.ts";
import { Painted, paint } from "../terminal/painted.ts";
import type { Screen } from "../terminal/screen.ts";
import { settingsPrefix } from "../words/settings-prefix.ts";

export type ServeSession = Session & {
  /** Resolves when the process is asked to end. */
  readonly whenAskedToStop: () => Promise<unknown>;
  /** Calls `act` whenever the process is asked to reload what can change without a restart. */
  readonly onReload: (act: () => void) => void;
  /** Set in a worker of a cluster. */
  readonly membership?: Pick<WorkerDeps, "wire" | "whenPrimaryIsGone" | "workerId"> & {
    /** Closes the channel to the primary, which keeps the process alive. */
    readonly leave: () => void;
  };
  /** Releases memory that only the start needed. It blocks the process. */
  readonly releaseMemory: () => void;
  /** Calls `act` when the process ends, for any reason; `act` must be synchronous. */
  readonly atExit: (act: () => void) => void;
};

export type ServeOptions = {
  readonly port?: string;
  readonly host?: string;
  readonly contract?: string;
  readonly upstream?: string;
  readonly workers?: string;
  /** Shows how to create a key where there are some already. */
  readonly explainsKeys?: true;
} & StrictnessOptions;

type GreetingSession = ServeSession & { readonly explainsKeys: true | undefined };

/** The settings that the options name. */
function toSettings({ port, host, contract, upstream, strict, lenient, workers }: ServeOptions): EnvironmentVariables {
  return {
    ...(port !== undefined && { PORT: port }),
    ...(host !== undefined && { HOST: host }),
    ...(contract !== undefined && { LATCHKEY_CONTRACT: contract }),
    ...(upstream !== undefined && { LATCHKEY_UPSTREAM: upstream }),
    ...((strict || lenient) && { LATCHKEY_STRICT: String(strict === true), LATCHKEY_LENIENT: "" }),
    ...(workers !== undefined && { LATCHKEY_WORKERS: workers }),
  };
}

/** Runs the service, or one worker of it, until it is asked to stop. */
export async function runService(outer: ServeSession, options: ServeOptions) {
  const session = {
    ...outer,
    options: { ...outer.options, ...toSettings(options) },
    explainsKeys: options.explainsKeys,
  };
  const { config, gathered } = await settingsOf(session.membership === undefined ? session : ofWorker(session));
  const lines = createLineBatcher(session.out);
  session.atExit(lines.flush);
  const log = createLog({
    level: config.logLevel,
    secrets: KEYS_IN_TEXT,
    mayContainSecrets: mayContainKeys,
    destination: lines,
  });
  const unfinished = await (session.membership === undefined
    ? serveUntilStopped(session, { ...gathered, config }, log)
    : serveForPrimary(session, session.membership, config, log));
  lines.flush();
  requireNothingLost(unfinished);
}

/** A worker gets the settings of its primary, so that one that is replaced later has the same as the others. */
function ofWorker({ environment }: Pick<ServeSession, "environment">): SettingsInput {
  return { environment, looksForFile: false };
}

type Membership = NonNullable<ServeSession["membership"]>;

async function serveForPrimary(session: ServeSession, { leave, ...deps }: Membership, config: Config, log: Log) {
  // The primary passes reloads on; without a handler, SIGHUP would end the worker.
  session.onReload(() => {});
  const whenAskedToStop = session.whenAskedToStop();
  const { serveAsWorker } = await import("../../cluster/worker.ts");
  return serveAsWorker(config, log, { ...deps, whenAskedToStop, isHurried: session.isTerminal }).finally(leave);
}

type Settings = GatheredSettings & { readonly config: Config };

async function serveUntilStopped(session: GreetingSession, settings: Settings, log: Log): Promise<Unfinished> {
  const { config } = settings;
  const { environment } = session;
  // Registered before the start, so that a signal during the start is not lost.
  const askedToStop = session.whenAskedToStop();
  let reload = () => {};
  session.onReload(() => reload());
  const running = config.workers > 1 ? await startWorkers(settings, log) : await serve(config, log);
  reload = () => {
    log.info("asked to reload: certificates, and secrets in files, are read again; everything else needs a restart");
    running.reload();
  };
  const withdraw = announceService({ databaseUrl: config.databaseUrl, url: running.url, environment }, log);
  session.atExit(withdraw);
  // Before any request arrives: the address has not been announced yet.
  session.releaseMemory();
  await (session.isTerminal ? greet(session, running, settings) : announce(running, settings, log));
  // By default it is written at an orderly end only; after a kill, the next start would take a quarter of a second
  // longer.
  flushCompileCache();
  await askedToStop;
  const unfinished = await running.stop({ isHurried: session.isTerminal });
  withdraw();
  log.info("stopped");
  return unfinished;
}

async function startWorkers({ config, texts }: Settings, log: Log): Promise<Running> {
  const { startCluster } = await import("../../cluster/primary.ts");
  return startCluster(config, log, toEnvironment(texts));
}

async function greet(session: GreetingSession, running: Running, settings: Settings) {
  const initial = await createInitialKeys(settings.config.environments, running.actions);
  const keys = initial
    ? initialKeysText(running, initial)
    : session.explainsKeys
      ? createKeyText(running, settings)
      : "";
  session.out(keys);
  session.show(welcome(running, session.screen));
}

/** @throws CommandFailed if counts were lost, so that the service manager sees exit code 1. */
function requireNothingLost({ responsesLost, unitsLost, isFileLost }: Unfinished) {
  if (responsesLost === 0 && unitsLost === 0) return;
  const counts = `${responsesLost} responses are missing in usage, ${unitsLost} units in quotas`;
  if (isFileLost) {
    throw new CommandFailed(
      `Counts are lost (${counts}) because the database file was removed, replaced or overwritten: see "The file is gone" in docs/recovery.md before the next start.`,
    );
  }
  throw new CommandFailed(
    `Counts are lost (${counts}) because the database could not be written before the end: free space on its disk, and end the process that holds its lock.`,
  );
}

function welcome({ url, adminUrl, prefix }: Running, screen: Screen): Painted {
  const linked = (page: string) => paint({ text: page, link: page }, screen);
  const admin = adminUrl === undefined ? "" : `Administration and metrics: ${linked(`${adminUrl}${prefix}/docs`)}\n`;
  const docs = linked(`${url}${prefix}/docs`);
  return new Painted(`Latchkey listens on ${linked(url)}\nTry the API in a browser: ${docs}\n${admin}`);
}

/** The only place where these two secrets are shown. */
function initialKeysText({ url, adminUrl = url, prefix, example }: Running, { admin, demo }: InitialKeys): string {
  return `
Two keys were created. They are shown only once: store what you need.

  demo key   ${demo.secret}
  admin key  ${admin.secret}

Call the API:
  curl -H '${example.header}: ${demo.secret}' ${url}${example.path}

Administer it:
  curl -H 'x-api-key: ${admin.secret}' ${adminUrl}${prefix}/v1/keys

`;
}

/** Where keys exist already, no secret is known that could be shown. */
function createKeyText({ url, example, actions }: Running, settings: Settings): string {
  return `
There are keys already. Create one for this API:
  ${createKeyCommand(actions.scopes, settings)}

Call the API with it:
  curl -H '${example.header}: KEY' ${url}${example.path}

`;
}

function createKeyCommand(scopes: readonly string[], settings: Settings): string {
  const wanted = scopes.filter((one) => !isAdministrative(one));
  return (
    settingsPrefix(settings) +
    commandText(
      `keys create --client my-app --create-client${wanted.length === 0 ? "" : ` --scope ${wanted.join(",")}`}`,
    )
  );
}

/** Without a terminal the output goes to a log, which must not contain secrets. */
async function announce({ url, adminUrl, prefix, actions }: Running, settings: Settings, log: Log) {
  log.info({ url, docs: `${url}${prefix}/docs`, ...(adminUrl !== undefined && { adminUrl }) }, "listening");
  if (await hasClients(actions.db)) return;
  const scope = actions.scopes.find((one) => !isAdministrative(one));
  log.warn(`There are no keys yet. Create one: ${createKeyCommand(scope === undefined ? [] : [scope], settings)}`);
}
