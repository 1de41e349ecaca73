import type { Server } from "node:http";
import { Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { BY_SYSTEM, type By, type DeedDeps } from "./admin/deeds.ts";
import { createLeakReport } from "./admin/revoke-leaked.ts";
import { createKeyring } from "./auth/keyring.ts";
import type { Config } from "./config/config.ts";
import { checkContract } from "./contract/checks.ts";
import type { Finding } from "./contract/finding.ts";
import { type Contract, loadContract } from "./contract/load.ts";
import { toScopes } from "./contract/schemes.ts";
import { drain } from "./http/drain.ts";
import { createHandlers } from "./http/handlers.ts";
import { createListener } from "./http/listener.ts";
import { followCertificate, loadCertificate } from "./http/tls.ts";
import { systemClock } from "./lib/clock.ts";
import type { Log } from "./lib/log.ts";
import { systemRandom } from "./lib/random.ts";
import { isAlive, openStore } from "./store/database.ts";
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
 * @throws ContractUnreadable, ContractRefused, CertificateUnusable, StoreUnusable, or what `listen` throws (EADDRINUSE, EACCES, …).
 */
export async function serve(config: Config, log: Log): Promise<Running> {
  const contract = loadContract(CONTRACT);
  const { tls, maxConnections } = config.transport;
  const certificate = tls && loadCertificate(tls);
  const { db, changes } = await openStore(config.databaseUrl);
  let isStopping = false;
  try {
    const deeds = deedsOf(config, contract, db, BY_SYSTEM);
    const source = { findByDigest: (digest: string) => findKeyByDigest(db, digest) };
    const keys = createKeyring({ source, freshness: changes });
    const { environments } = config;
    const isReady = async () => !isStopping && (await isAlive(db));
    const handlers = createHandlers({ ...deeds, keys, environments, isReady });
    refuseFindings(contract, Object.keys(handlers));

    // Not above: every command of the command line imports this file, and only this one needs Express and the validator.
    const { createApp } = await import("./app.ts");
    const app = await createApp({
      ...deeds,
      // The findings are told; the parsed file, which knows their lines, is not to be kept.
      contract: { document: contract.document, text: contract.text },
      handlers,
      log,
      keys,
      environments,
      transport: config.transport,
      reportLeak: createLeakReport(deeds, log),
      isStopping: () => isStopping,
    });
    const server = createListener(app, { ...deeds, log, certificate, maxConnections });
    if (tls && server instanceof TlsServer) followCertificate(server, tls, log);
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

type KeyConfig = Pick<Config, "brand" | "maxKeysPerClient">;

/** What the deeds need, for whoever does them: the service, or the command line beside it. */
export function deedsOf(config: KeyConfig, contract: Contract, db: Database, by: By): DeedDeps {
  const { brand, maxKeysPerClient } = config;
  const scopes = Object.keys(toScopes(contract.document));
  return { db, clock: systemClock, random: systemRandom, brand, maxKeysPerClient, scopes, by };
}

function refuseFindings(contract: Contract, handlers: readonly string[]) {
  const findings = checkContract(contract, handlers);
  if (findings.length > 0) throw new ContractRefused(findings);
}

function listen(server: Server, { host, port, transport }: Config): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      const { port: bound } = server.address() as AddressInfo;
      resolve(`${transport.tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${bound}`);
    });
  });
}
