import { flushCompileCache } from "node:module";
import { Command } from "commander";
import { createInitialKeys, type InitialKeys } from "../../admin/keys/create-initial-keys.ts";
import { startCluster } from "../../cluster/primary.ts";
import { serveAsWorker, type WorkerDeps } from "../../cluster/worker.ts";
import { describeSettings, type Environment } from "../../config/config.ts";
import { KEYS_IN_TEXT, mayContainKeys } from "../../keys/format.ts";
import { isAdministrative } from "../../keys/scopes.ts";
import { createLineBatcher } from "../../lib/async/line-batcher.ts";
import { createLog, type Log } from "../../lib/log/log.ts";
import { releaseUnusedMemory } from "../../lib/memory.ts";
import type { Unfinished } from "../../service/orderly-stop.ts";
import { type Running, serve } from "../../service/start.ts";
import { hasClients } from "../../store/clients.ts";
import { CommandFailed } from "../failure.ts";
import { toSheet } from "../output.ts";
import { configOf, type Session } from "../session.ts";

export type ServeSession = Session & {
  /** Resolves when the process is asked to end. */
  readonly whenAskedToStop: () => Promise<unknown>;
  /** `act` is called whenever the process is asked to read again what can change without a restart. */
  readonly onReload: (act: () => void) => void;
  /** Of a process that was started to serve beside others. */
  readonly membership?: Pick<WorkerDeps, "wire" | "whenPrimaryIsGone" | "workerId"> & {
    /** Lets go of what keeps the process alive for its lead. */
    readonly leave: () => void;
  };
  /** Is called when the process ends, whatever for; what it does must be done at once. */
  readonly atExit: (act: () => void) => void;
};

export function serveCommand(session: ServeSession): Command {
  return new Command("serve")
    .description("start the service")
    .option("--contract <file>", "the OpenAPI document of your own API (LATCHKEY_CONTRACT)")
    .option("--upstream <url>", "where your API is, such as http://127.0.0.1:5000 (LATCHKEY_UPSTREAM)")
    .option("--lenient", "take what is merely unbounded or unchecked there as warnings (LATCHKEY_LENIENT)")
    .option("--workers <count>", "how many processes serve, for more than one core (LATCHKEY_WORKERS)")
    .addHelpText(
      "after",
      () => `\nSettings (environment variables):\n${settingsSheet()}\nExample:\n  PORT=9000 npm start`,
    )
    .action((options: ServeOptions) => run({ ...session, environment: withOptions(session.environment, options) }));
}

type ServeOptions = {
  readonly contract?: string;
  readonly upstream?: string;
  readonly lenient?: true;
  readonly workers?: string;
};

/** What is said in the command itself counts before what stands in the environment. */
function withOptions(environment: Environment, { contract, upstream, lenient, workers }: ServeOptions): Environment {
  return {
    ...environment,
    ...(contract !== undefined && { LATCHKEY_CONTRACT: contract }),
    ...(upstream !== undefined && { LATCHKEY_UPSTREAM: upstream }),
    ...(lenient && { LATCHKEY_LENIENT: "true" }),
    ...(workers !== undefined && { LATCHKEY_WORKERS: workers }),
  };
}

function settingsSheet(): string {
  const entries = describeSettings().map(({ name, fallback, about }) => [
    `  ${name}`,
    `${about} (default ${fallback || "none"})`,
  ]);
  return toSheet(Object.fromEntries(entries));
}

async function run(session: ServeSession) {
  const config = configOf(session.environment);
  const lines = createLineBatcher(session.out);
  session.atExit(lines.flush);
  const log = createLog({
    level: config.logLevel,
    secrets: KEYS_IN_TEXT,
    mayContainSecrets: mayContainKeys,
    destination: lines,
  });
  // Asked for before the start: a signal that comes while it starts must not be lost.
  const askedToStop = session.whenAskedToStop();
  let reload = () => {};
  session.onReload(() => reload());
  const { membership, isTerminal: isHurried } = session;
  if (membership !== undefined) {
    const { leave, ...deps } = membership;
    const whole = { ...deps, whenAskedToStop: askedToStop, isHurried };
    const leftover = await serveAsWorker(config, log, whole).finally(leave);
    lines.flush();
    return requireNothingLost(leftover);
  }
  const running = await (config.workers > 1 ? startCluster(config, log) : serve(config, log));
  reload = () => {
    log.info("asked to reload: certificates are read again, everything else needs a restart");
    running.reload();
  };
  // Nobody has been told the address yet.
  releaseUnusedMemory();

  if (session.isTerminal) {
    const first = await createInitialKeys(config.environments, running.actions);
    session.out(first ? `${firstKeysText(running, first)}${welcome(running.url)}` : welcome(running.url));
  } else {
    await announce(running, log);
  }
  // Otherwise it is written at an orderly end only, and a service that was killed would start a quarter of a second later.
  flushCompileCache();
  await askedToStop;
  const leftover = await running.stop({ isHurried });
  log.info("stopped");
  lines.flush();
  requireNothingLost(leftover);
}

/** @throws CommandFailed, so that the service manager learns of it. */
function requireNothingLost({ answersLost, unitsLost, isFileLost }: Unfinished) {
  if (answersLost === 0 && unitsLost === 0) return;
  const counts = `${answersLost} answers are missing in usage, ${unitsLost} units in quotas`;
  if (isFileLost) {
    throw new CommandFailed(
      `Counts are lost (${counts}), for the database file was removed, replaced or overwritten: see "The file is gone" in docs/recovery.md before the next start.`,
    );
  }
  throw new CommandFailed(
    `Counts are lost (${counts}), for the database could not be written before the end: make room on its disk, and end what holds its lock.`,
  );
}

function welcome(url: string): string {
  return `Latchkey listens on ${url}\nTry the API in a browser: ${url}/docs\n`;
}

/** The only time that these two secrets are shown. */
function firstKeysText({ url, example }: Running, { admin, demo }: InitialKeys): string {
  return `
Two keys were created. They are shown this once; keep what you need.

  demo key   ${demo.secret}
  admin key  ${admin.secret}

Call the API:
  curl -H '${example.header}: ${demo.secret}' ${url}${example.path}

Administer it:
  curl -H 'x-api-key: ${admin.secret}' ${url}/v1/keys

`;
}

/** Without a terminal the output ends up in a log, where no secret belongs. */
async function announce({ url, actions }: Running, log: Log) {
  log.info({ url, docs: `${url}/docs` }, "listening");
  if (await hasClients(actions.db)) return;
  const scope = actions.scopes.find((one) => !isAdministrative(one));
  const grant = `--client my-app --create-client${scope === undefined ? "" : ` --scope ${scope}`}`;
  log.warn(`There is no key yet. Create one: npm run -s latchkey -- keys create ${grant}`);
}
