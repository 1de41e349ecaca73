import type { RequestListener, Server } from "node:http";
import { Server as TlsServer } from "node:https";
import type { ActionDeps } from "../admin/actions.ts";
import { createLeakReport } from "../admin/keys/revoke-leaked.ts";
import { createKeyring } from "../auth/keyring.ts";
import type { Config } from "../config/config.ts";
import type { Contract } from "../contract/model/contract.ts";
import { createHandlers } from "../http/handlers/handlers.ts";
import { toConnectionLimit } from "../http/server/connection-limit.ts";
import type { DrainOptions } from "../http/server/drain.ts";
import { createListener } from "../http/server/listener.ts";
import { followCertificate, loadCertificate } from "../http/server/tls.ts";
import type { Stage } from "../http/stage.ts";
import { once } from "../lib/async/once.ts";
import { repeat } from "../lib/async/repeat.ts";
import type { Log } from "../lib/log/log.ts";
import { systemClock, systemTicks } from "../lib/time/clock.ts";
import type { Limiter } from "../limits/limiter.ts";
import { isAlive } from "../store/is-alive.ts";
import { findKeyByDigest } from "../store/keys.ts";
import { METRICS_TYPE, type ReadMetrics } from "../usage/metrics-text.ts";
import type { App } from "./app.ts";
import { startBackgroundJobs } from "./background-jobs.ts";
import { LIMITER_BUCKETS } from "./metrics.ts";
import { stopInOrder, type Unfinished } from "./orderly-stop.ts";
import { createReadiness } from "./readiness.ts";
import { contractFileOf, type HostApp, openResources } from "./resources.ts";
import { ContractRefused } from "./served-contract.ts";
import { startUsageRecorder } from "./usage-recorder.ts";

/** The service, with everything that it needs, listening nowhere yet. */
export type Service = {
  readonly app: App;
  readonly contract: Contract;
  readonly actions: ActionDeps;
  /** A server with the timeouts, caps and certificate of the settings. */
  readonly createServer: (listener: RequestListener) => Server;
  /** Finishes the requests in flight on these servers, then closes everything. */
  readonly close: (options?: DrainOptions) => Promise<Unfinished>;
  /** Reads again what can change without a restart: certificates. */
  readonly reload: () => void;
};

/** What a worker has from its primary. */
export type WorkerOfCluster = {
  /** The number of workers. */
  readonly workers: number;
  /** The id of this worker, a label of its metrics. */
  readonly workerId: string;
  /** Counts for all workers together. */
  readonly limiter: Limiter;
  /** Lets the primary read the metrics of this worker. @returns what reads the metrics of all processes. */
  readonly shareMetrics: (readOwn: ReadMetrics) => ReadMetrics;
};

export type CreateServiceOptions = {
  readonly hostApp?: HostApp | undefined;
  /** Undefined in a single process, which counts for itself and runs the background jobs. */
  readonly worker?: WorkerOfCluster | undefined;
};

/**
 * Reads the contract, opens the store, and builds the app on both.
 * @throws ContractUnreadable, ContractRefused, CertificateUnusable, StoreUnusable
 */
export async function createService(config: Config, log: Log, options: CreateServiceOptions = {}): Promise<Service> {
  const { hostApp, worker } = options;
  const { tls, maxConnections, maxConnectionsPerAddress } = config.transport;
  const { contract, actions, db, changes, databaseFile } = await openResources(config, log, hostApp);
  let isStopping = false;
  const servers: Server[] = [];
  const watch = repeat(WATCH_EVERY_MS, log, "the database file is lost", async () => databaseFile.inspect());
  try {
    const certificate = tls && loadCertificate(tls);
    const readiness = createReadiness({
      findByDigest: (digest) => findKeyByDigest(db, digest),
      isAlive: () => isAlive(db),
      ticks: systemTicks,
    });
    const keys = createKeyring({ source: readiness, freshness: changes });
    const { environments } = config;
    const backgroundJobs = worker ? undefined : startBackgroundJobs(actions, config, log);
    const { limiter } = backgroundJobs ?? (worker as WorkerOfCluster);
    const shareOf = (whole: number) => Math.ceil(whole / (worker?.workers ?? 1));
    const { stop, unwritten, abandon, flushLagMs, ...counting } = startUsageRecorder({
      db,
      contract,
      failedKeysPerMinute: shareOf(config.failedKeysPerMinute),
      log,
      onAnswer: readiness.note,
    });
    const isReady = async () => !isStopping && (await readiness.isReady());
    // A user operation may have the name of a built-in example, whose handler must not get its requests.
    const handlers = createHandlers(
      { ...actions, keys, environments, isReady, limiter, ...counting },
      contract.isBuiltIn,
    );

    // Not above: every command of the command line imports this file, and only some need Express and the validator.
    const { createApp } = await import("./app.ts");
    const gauges = {
      latchkey_keyring_keys: { help: "Keys in memory.", read: keys.size },
      [LIMITER_BUCKETS.name]: { help: LIMITER_BUCKETS.help, read: limiter.size },
      latchkey_flush_lag_seconds: { help: "Since counts were last stored.", read: () => flushLagMs() / 1000 },
    };
    const { meter } = counting;
    // It takes ten megabytes: loaded when somebody asks for it.
    const ownMetrics = once(async () =>
      (await import("../usage/metrics.ts")).createMetricsReader({ meter, gauges, worker: worker?.workerId }),
    );
    const readOwn = async () => (await ownMetrics())();
    const readMetrics = worker?.shareMetrics(readOwn) ?? readOwn;
    const needsUpstream = hostApp === undefined && config.contract.path !== undefined;
    const gateway = needsUpstream ? await openGateway(config, contract, shareOf) : undefined;
    const app = await createApp({
      ...actions,
      others: gateway?.send ?? hostApp,
      contract,
      handlers,
      log,
      keys,
      environments,
      ...counting,
      limiter,
      metrics: { page: metricsPage(readMetrics), isOpen: config.metrics === "open" },
      fastPath: config.fastPath,
      transport: config.transport,
      reportLeak: createLeakReport(actions, log),
      // Servers of ours say by themselves which answer is the last one on its connection; that of a host app does not.
      isStopping: () => isStopping && servers.length === 0,
    }).catch((cause: Error) => {
      const message = `the validator cannot work with this contract: ${cause.message}`;
      throw new ContractRefused(contractFileOf(config), [{ line: 1, message }], { cause });
    });

    const reloads: (() => void)[] = [];
    const createServer = (listener: RequestListener) => {
      const server = createListener(listener, {
        ...actions,
        meter: counting.meter,
        log,
        certificate,
        maxConnections: shareOf(maxConnections),
        connectionLimit: toConnectionLimit({
          ...config.transport,
          maxConnectionsPerAddress: shareOf(maxConnectionsPerAddress),
        }),
        hasStreams: hasStreams(contract),
      });
      if (tls && server instanceof TlsServer) reloads.push(followCertificate(server, tls, log));
      servers.push(server);
      return server;
    };
    const stopDeps = {
      servers,
      closeUpstream: async () => gateway?.close(),
      usage: { stop, unwritten, abandon },
      quotas: backgroundJobs,
      watch,
      db,
      databaseFile,
      log,
    };
    const close = (options?: DrainOptions) => {
      isStopping = true;
      return stopInOrder(stopDeps, options);
    };
    const reload = () => {
      for (const one of reloads) one();
    };
    return { app, contract, actions, createServer, close, reload };
  } catch (error) {
    await watch.stop();
    await db.destroy();
    throw error;
  }
}

/** Whether the database still is the file that its path names is looked at so often, when nothing is written. */
const WATCH_EVERY_MS = 250;

function metricsPage(read: ReadMetrics): Stage {
  return async (_req, res) => void res.type(METRICS_TYPE).send(await read());
}

function hasStreams({ operations }: Contract): boolean {
  return operations.some(({ body }) => (body?.streamedTypes.length ?? 0) > 0);
}

/** Imported only where there is an upstream: it takes its time and memory. */
async function openGateway({ contract: settings }: Config, { schemes }: Contract, shareOf: (whole: number) => number) {
  const { createUpstream } = await import("../gateway/upstream.ts");
  const carriers = Object.values(schemes).filter((carrier) => carrier.in === "header");
  return createUpstream({
    url: settings.upstream,
    secret: settings.upstreamSecret,
    connections: shareOf(settings.upstreamConnections),
    carriers: carriers.map(({ name }) => name),
    clock: systemClock,
  });
}
