import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { DeedDeps } from "./admin/deeds.ts";
import { createApp } from "./app.ts";
import type { Config } from "./config/config.ts";
import { checkContract } from "./contract/checks.ts";
import type { Finding } from "./contract/finding.ts";
import { type Contract, loadContract } from "./contract/load.ts";
import { toScopes } from "./contract/schemes.ts";
import { createHandlers } from "./http/handlers.ts";
import { systemClock } from "./lib/clock.ts";
import type { Log } from "./lib/log.ts";
import { systemRandom } from "./lib/random.ts";
import { isAlive, openDatabase } from "./store/database.ts";
import { findKeyByDigest } from "./store/keys.ts";
import type { Database } from "./store/schema.ts";

/** The contract of this service. */
export const CONTRACT = new URL("../openapi.yaml", import.meta.url);

/** The contract must not be served as it is. */
export class ContractRefused extends Error {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super("The contract has findings that stop the start.");
    this.findings = findings;
  }
}

export type Running = {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly deeds: DeedDeps;
  /** Finishes the requests in flight, then closes everything. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts the service.
 * @throws ContractUnreadable, ContractRefused, StoreUnusable, or what `listen` throws (EADDRINUSE, EACCES, …).
 */
export async function serve(config: Config, log: Log): Promise<Running> {
  const contract = loadContract(CONTRACT);
  const db = await openDatabase(config.databaseUrl);
  let isStopping = false;
  try {
    const deeds = deedsOf(config, contract, db);
    const handlers = createHandlers({ ...deeds, isReady: async () => !isStopping && (await isAlive(db)) });
    refuseFindings(contract, Object.keys(handlers));

    const app = await createApp({
      ...deeds,
      contract,
      handlers,
      log,
      keys: { findByDigest: (digest) => findKeyByDigest(db, digest) },
      environments: config.environments,
      isStopping: () => isStopping,
    });
    const server = createServer(app);
    const url = await listen(server, config);
    const stop = async () => {
      isStopping = true;
      await drain(server);
      await db.destroy();
    };
    return { url, deeds, stop };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** What the deeds need, for whoever does them: the service, or the command line beside it. */
export function deedsOf({ brand }: Pick<Config, "brand">, contract: Contract, db: Database): DeedDeps {
  return { db, clock: systemClock, random: systemRandom, brand, scopes: Object.keys(toScopes(contract.document)) };
}

function refuseFindings(contract: Contract, handlers: readonly string[]) {
  const findings = checkContract(contract, handlers);
  if (findings.length > 0) throw new ContractRefused(findings);
}

function listen(server: Server, { host, port }: Pick<Config, "host" | "port">): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      const { port: bound } = server.address() as AddressInfo;
      resolve(`http://${host.includes(":") ? `[${host}]` : host}:${bound}`);
    });
  });
}

/** Long enough for clients that keep their connection to be told, with their next answer, not to. */
const GRACE_MS = 200;
const DRAIN_AT_MOST_MS = 10_000;
const SWEEP_EVERY_MS = 20;

async function drain(server: Server) {
  const connections = await new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count ?? 0)));
  if (connections > 0) await wait(GRACE_MS);

  const closed = new Promise((resolve) => server.close(resolve));
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS);
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_AT_MOST_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
