import type { Server } from "node:http";
import { Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { BY_SYSTEM, type By, type DeedDeps } from "./admin/deeds.ts";
import { createLeakReport } from "./admin/revoke-leaked.ts";
import type { AppDeps } from "./app.ts";
import { createKeyring } from "./auth/keyring.ts";
import type { Config } from "./config/config.ts";
import { type ExampleCall, exampleCall } from "./contract/example-call.ts";
import type { JsonObject } from "./contract/json.ts";
import type { Contract } from "./contract/load.ts";
import { toOperations } from "./contract/operations.ts";
import { toKeySchemes, toScopes } from "./contract/schemes.ts";
import { drain } from "./http/drain.ts";
import { createHandlers, handledOperations } from "./http/handlers.ts";
import { createListener } from "./http/listener.ts";
import { followCertificate, loadCertificate } from "./http/tls.ts";
import { systemClock } from "./lib/clock.ts";
import type { Log } from "./lib/log.ts";
import { systemRandom } from "./lib/random.ts";
import { answeredHere, CONTRACT, ContractRefused, loadOwn, loadServed } from "./served.ts";
import { isAlive, openStore } from "./store/database.ts";
import { findKeyByDigest } from "./store/keys.ts";
import type { Database } from "./store/schema.ts";

export type Running = {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly deeds: DeedDeps;
  /** A call for whoever has a first key. */
  readonly example: ExampleCall;
  /** Finishes the requests in flight, then closes everything. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts the service.
 * @throws ContractUnreadable, ContractRefused, CertificateUnusable, StoreUnusable, or what `listen` throws (EADDRINUSE, EACCES, …).
 */
export async function serve(config: Config, log: Log): Promise<Running> {
  const own = loadOwn();
  const { contract, findings, warnings } = await loadServed(config, own, handledOperations());
  if (findings.length > 0) throw new ContractRefused(config.contract.path ?? fileURLToPath(CONTRACT), findings);
  for (const { line, message } of warnings) log.warn({ line }, message);
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
    const all = createHandlers({ ...deeds, keys, environments, isReady });
    // By name: an operation of theirs may be called like an example of ours.
    const answered = answeredHere(config, own) ?? Object.keys(all);
    const handlers = Object.fromEntries(Object.entries(all).filter(([id]) => answered.includes(id)));

    // Not above: every command of the command line imports this file, and only this one needs Express and the validator.
    const { createApp } = await import("./app.ts");
    const file = config.contract.path ?? fileURLToPath(CONTRACT);
    const createAppOrFail = (deps: AppDeps) =>
      createApp(deps).catch((cause: Error) => {
        const message = `the validator cannot work with this contract: ${cause.message}`;
        throw new ContractRefused(file, [{ line: 1, message }], { cause });
      });
    const gateway = config.contract.path === undefined ? undefined : await openGateway(config, contract.document);
    const app = await createAppOrFail({
      ...deeds,
      ...(gateway && { upstream: gateway.send }),
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
    const server = createListener(app, {
      ...deeds,
      log,
      certificate,
      maxConnections,
      hasStreams: hasStreams(contract.document),
    });
    if (tls && server instanceof TlsServer) followCertificate(server, tls, log);
    const url = await listen(server, config);
    const stop = async () => {
      isStopping = true;
      await drain(server);
      await gateway?.close();
      await db.destroy();
    };
    return { url, deeds, example: exampleCall(contract.document), stop };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

function hasStreams(document: JsonObject): boolean {
  return toOperations(document).some(({ body }) => (body?.streamedTypes.length ?? 0) > 0);
}

/** Imported only where there is an upstream: it takes its time and memory. */
async function openGateway({ contract: { upstream, upstreamSecret } }: Config, document: JsonObject) {
  const { createUpstream } = await import("./gateway/upstream.ts");
  const carriers = Object.values(toKeySchemes(document)).filter((carrier) => carrier.in === "header");
  return createUpstream({
    url: upstream,
    secret: upstreamSecret,
    carriers: carriers.map(({ name }) => name),
    clock: systemClock,
  });
}

type KeyConfig = Pick<Config, "brand" | "maxKeysPerClient">;

/** What the deeds need, for whoever does them: the service, or the command line beside it. */
export function deedsOf(config: KeyConfig, contract: Contract, db: Database, by: By): DeedDeps {
  const { brand, maxKeysPerClient } = config;
  const scopes = Object.keys(toScopes(contract.document));
  return { db, clock: systemClock, random: systemRandom, brand, maxKeysPerClient, scopes, by };
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
