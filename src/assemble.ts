import type { RequestListener, Server } from "node:http";
import { Server as TlsServer } from "node:https";
import { fileURLToPath } from "node:url";
import type { RequestHandler } from "express";
import { BY_SYSTEM, type By, type DeedDeps } from "./admin/deeds.ts";
import { endSilentOverlaps } from "./admin/end-silent.ts";
import { createLeakReport } from "./admin/revoke-leaked.ts";
import type { App } from "./app.ts";
import { createKeyring } from "./auth/keyring.ts";
import type { Config } from "./config/config.ts";
import { toAskedAt } from "./contract/asked-at.ts";
import type { JsonObject } from "./contract/json.ts";
import type { Contract } from "./contract/load.ts";
import { type Operation, toOperations } from "./contract/operations.ts";
import { toPolicy } from "./contract/plans.ts";
import { toKeySchemes, toScopes } from "./contract/schemes.ts";
import { startCounting } from "./counting.ts";
import { drain } from "./http/drain.ts";
import type { AnyHandler } from "./http/handler.ts";
import { createHandlers, handledOperations } from "./http/handlers.ts";
import { createListener } from "./http/listener.ts";
import { followCertificate, loadCertificate } from "./http/tls.ts";
import { systemClock } from "./lib/clock.ts";
import type { Log } from "./lib/log.ts";
import { systemRandom } from "./lib/random.ts";
import { repeat } from "./lib/repeat.ts";
import { answeredHere, CONTRACT, ContractRefused, loadOwn, loadServed } from "./served.ts";
import { heldPlans } from "./store/clients.ts";
import { isAlive, openStore } from "./store/database.ts";
import { findKeyByDigest } from "./store/keys.ts";
import type { Database } from "./store/schema.ts";

/** An app of somebody that this service is a part of: it answers what has no handler and no upstream. */
export type Surroundings = {
  /** Those of the operations of the contract that have a handler, by operationId. */
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  /** What there is against these handlers, given the operations of the app, and at which of them. */
  readonly judge: (
    operations: readonly Operation[],
  ) => readonly { readonly at?: Operation; readonly message: string }[];
};

/** The service, with everything that it needs, listening nowhere yet. */
export type Assembled = {
  readonly app: App;
  readonly document: JsonObject;
  readonly deeds: DeedDeps;
  /** A server with the timeouts, caps and certificate of the settings. */
  readonly createServer: (listener: RequestListener) => Server;
  /** Finishes the requests in flight on these servers, then closes everything. */
  readonly close: () => Promise<void>;
};

/**
 * Reads the contract, opens the store, and builds the app on both.
 * @throws ContractUnreadable, ContractRefused, CertificateUnusable, StoreUnusable
 */
export async function assemble(config: Config, log: Log, surroundings?: Surroundings): Promise<Assembled> {
  const own = loadOwn();
  const contract = await loadSound(config, own, log, surroundings);
  const { document } = contract;
  const { tls, maxConnections } = config.transport;
  const certificate = tls && loadCertificate(tls);
  const { db, changes } = await openStore(config.databaseUrl);
  let isStopping = false;
  try {
    const deeds = deedsOf(config, contract, db, BY_SYSTEM);
    await requireHeldPlans(config, contract, deeds);
    const source = { findByDigest: (digest: string) => findKeyByDigest(db, digest) };
    const keys = createKeyring({ source, freshness: changes });
    const { environments } = config;
    const { stop: stopCounting, flushLagMs, ...counting } = startCounting({ db, document, config, log });
    const isReady = async () => !isStopping && (await isAlive(db));
    const all = createHandlers({ ...deeds, keys, environments, isReady, ...counting });
    // By name: an operation of theirs may be called like an example of ours.
    const answered = answeredHere(config, own) ?? Object.keys(all);
    const ours = Object.entries(all).filter(([id]) => answered.includes(id));

    // Not above: every command of the command line imports this file, and only some need Express and the validator.
    const { createApp } = await import("./app.ts");
    const gauges = {
      latchkey_keyring_keys: { help: "Keys in memory.", read: keys.size },
      latchkey_limiter_buckets: { help: "Buckets of limits in memory.", read: counting.limiter.size },
      latchkey_flush_lag_seconds: { help: "Since counts were last stored.", read: () => flushLagMs() / 1000 },
    };
    const { meter } = counting;
    const loadMetrics = async () => (await import("./http/metrics.ts")).metricsPage({ meter, gauges });
    const needsUpstream = surroundings === undefined && config.contract.path !== undefined;
    const gateway = needsUpstream ? await openGateway(config, document) : undefined;
    const app = await createApp({
      ...deeds,
      others: gateway?.send ?? surroundings,
      // The findings are told; the parsed file, which knows their lines, is not to be kept.
      contract: { document, text: contract.text },
      handlers: Object.fromEntries(ours),
      log,
      keys,
      environments,
      ...counting,
      askedAt: toAskedAt(contract),
      metrics: { page: lazily(loadMetrics), isOpen: config.metrics === "open" },
      fastPath: config.fastPath,
      transport: config.transport,
      reportLeak: createLeakReport(deeds, log),
      isStopping: () => isStopping,
    }).catch((cause: Error) => {
      const message = `the validator cannot work with this contract: ${cause.message}`;
      throw new ContractRefused(fileOf(config), [{ line: 1, message }], { cause });
    });

    const startedAt = deeds.clock.now();
    const watching = repeat(WATCH_EVERY_MS, log, "overlaps cannot be ended", () => endSilentOverlaps(deeds, startedAt));
    const servers: Server[] = [];
    const createServer = (listener: RequestListener) => {
      const server = createListener(listener, {
        ...deeds,
        meter: counting.meter,
        log,
        certificate,
        maxConnections,
        hasStreams: hasStreams(document),
      });
      if (tls && server instanceof TlsServer) followCertificate(server, tls, log);
      servers.push(server);
      return server;
    };
    const close = async () => {
      isStopping = true;
      await Promise.all(servers.filter(({ listening }) => listening).map(drain));
      await gateway?.close();
      await watching.stop();
      await stopCounting();
      await db.destroy();
    };
    return { app, document, deeds, createServer, close };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

function fileOf({ contract: { path } }: Config): string {
  return path ?? fileURLToPath(CONTRACT);
}

/** The contract that is served, if there is nothing against it. */
async function loadSound(config: Config, own: Contract, log: Log, surroundings: Surroundings | undefined) {
  const isInApp = surroundings !== undefined;
  const served = await loadServed(config, own, { handlers: handledOperations(), isInApp });
  const { contract, findings, warnings } = served;
  if (findings.length > 0) throw new ContractRefused(fileOf(config), findings);
  const ours = answeredHere(config, own) ?? [];
  const theirs = toOperations(contract.document).filter(({ id }) => !ours.includes(id));
  const objections = (surroundings?.judge(theirs) ?? []).map(({ at, message }) => ({
    line: contract.lineOf(at === undefined ? [] : ["paths", at.path, at.method.toLowerCase()]),
    message,
  }));
  if (objections.length > 0) throw new ContractRefused(fileOf(config), objections);
  for (const { line, message } of warnings) log.warn({ line }, message);
  return contract;
}

/** A client must not fall back to the default plan because its own is missing. */
async function requireHeldPlans(config: Config, { lineOf }: Contract, { db, policy }: DeedDeps) {
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

/** Whether old secrets have fallen silent is looked at so often. */
const WATCH_EVERY_MS = 5_000;

/** A page whose library takes ten megabytes is loaded when somebody asks for it. */
function lazily(load: () => Promise<RequestHandler>): RequestHandler {
  let loaded: Promise<RequestHandler> | undefined;
  return async (req, res, next) => {
    loaded ??= load();
    (await loaded)(req, res, next);
  };
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
  const { document } = contract;
  const scopes = Object.keys(toScopes(document));
  const policy = toPolicy(document);
  const neededScopes = new Map(toOperations(document).map((operation) => [operation.id, operation.scopes]));
  return { db, clock: systemClock, random: systemRandom, brand, maxKeysPerClient, scopes, policy, neededScopes, by };
}
