import type { RequestListener, Server } from "node:http";
import type { ActionDeps } from "../admin/actions.ts";
import { createLeakReport } from "../admin/keys/revoke-leaked.ts";
import { createKeyring, type Keyring } from "../auth/keyring.ts";
import type { Config } from "../config/config.ts";
import { mayTakeLong } from "../contract/model/bodies/operation-body.ts";
import type { Contract } from "../contract/model/contract.ts";
import type { Gateway } from "../gateway/upstream-port.ts";
import { createHandlers } from "../http/handlers/handlers.ts";
import type { DrainOptions } from "../http/server/drain.ts";
import { type Certificate, loadCertificate } from "../http/server/tls.ts";
import { repeat } from "../lib/async/repeat.ts";
import type { Log } from "../lib/log/log.ts";
import { systemTicks } from "../lib/time/clock.ts";
import type { Limiter } from "../limits/limiter.ts";
import { isAlive } from "../store/is-alive.ts";
import { createKeyReader, findKeyByDigest } from "../store/keys.ts";
import type { Meter } from "../usage/meter.ts";
import type { ReadMetrics } from "../usage/metrics-text.ts";
import type { App } from "./app/app.ts";
import type { AppDeps } from "./app/app-deps.ts";
import { type Counters, startCounters } from "./counters.ts";
import { createReadMetrics } from "./metrics.ts";
import { type StopDeps, stopInOrder, type Unfinished } from "./orderly-stop.ts";
import { createReadiness } from "./readiness.ts";
import { contractFileOf, type HostApp, openResources, type Resources } from "./resources.ts";
import { ContractRefused } from "./served-contract.ts";
import { createServers, type Servers } from "./servers.ts";
import { openGateway } from "./upstream/open-gateway.ts";

/** The service with everything that it needs. It does not listen yet. */
export type Service = {
  readonly app: App;
  /** For the listener for administration, if there is one. */
  readonly adminApp: App | undefined;
  readonly contract: Contract;
  readonly actions: ActionDeps;
  /** A server with the timeouts, limits and certificate of the settings. */
  readonly createServer: (listener: RequestListener) => Server;
  /** Finishes the requests in flight on these servers, then closes everything. */
  readonly close: (options?: DrainOptions) => Promise<Unfinished>;
  /** Reads again what can change without a restart: certificates. */
  readonly reload: () => void;
};

/** What a worker gets from its primary, and knows about its cluster. */
export type WorkerContext = {
  /** The number of workers. */
  readonly workers: number;
  /** The id of this worker, a label of its metrics. */
  readonly workerId: string;
  /** Counts for all workers together, in the primary. */
  readonly limiter: Limiter;
  /** Lets the primary read the metrics of this worker. @returns what reads the metrics of all processes. */
  readonly shareMetrics: (readOwn: ReadMetrics) => ReadMetrics;
};

type CreateServiceOptions = {
  readonly hostApp?: HostApp | undefined;
  /** Undefined in a single process, which counts for itself and runs the background jobs. */
  readonly worker?: WorkerContext | undefined;
};

/** How often the database file is checked while nothing is written. */
const INSPECT_EVERY_MS = 250;

/**
 * Loads the contract, opens the store, and builds the app on both.
 * @throws ContractUnreadable, ContractRefused, CertificateUnusable, SecretsUnusable, StoreUnusable
 */
export async function createService(config: Config, log: Log, options: CreateServiceOptions = {}): Promise<Service> {
  const resources = await openResources(config, log, options.hostApp);
  const { db, databaseFile } = resources;
  const inspection = repeat(INSPECT_EVERY_MS, log, "the database file is lost", databaseFile.inspect);
  try {
    return await buildService({ config: configOfProcess(config, options), log, resources, inspection, ...options });
  } catch (error) {
    await inspection.stop();
    await db.destroy();
    throw error;
  }
}

/** A worker gets its share of what is allowed for all of them. */
function configOfProcess(config: Config, { worker }: CreateServiceOptions): Config {
  const shareOf = (whole: number) => Math.ceil(whole / (worker?.workers ?? 1));
  const { contract, transport, failedKeysPerMinute } = config;
  return {
    ...config,
    failedKeysPerMinute: shareOf(failedKeysPerMinute),
    contract: {
      ...contract,
      upstreamConnections: shareOf(contract.upstreamConnections),
      upstreamWebSockets: shareOf(contract.upstreamWebSockets),
    },
    transport: {
      ...transport,
      maxConnections: shareOf(transport.maxConnections),
      maxConnectionsPerAddress: shareOf(transport.maxConnectionsPerAddress),
    },
  };
}

type BuildDeps = CreateServiceOptions & {
  readonly config: Config;
  readonly log: Log;
  readonly resources: Resources;
  readonly inspection: { readonly stop: () => Promise<void> };
};

async function buildService(deps: BuildDeps): Promise<Service> {
  const { config, log, resources, hostApp, worker } = deps;
  const { contract, administration } = resources;
  const certificate = config.transport.tls && loadCertificate(config.transport.tls);
  const stopping = new AbortController();
  const { readiness, keyring } = createKeys(resources);
  const sharedLimiter = worker?.limiter;
  const counters = startCounters({ config, log, resources, sharedLimiter, onResponse: readiness.note });
  const isReady = async () => !stopping.signal.aborted && (await readiness.isReady());
  const servers = buildServers(deps, { certificate, meter: counters.recorder.meter });
  const needsUpstream = hostApp === undefined && config.contract.path !== undefined;
  const gateway = needsUpstream ? await openGateway(config, contract, log) : undefined;
  const metrics = createMetrics(deps, { keyring, counters, gateway });
  const shared = { keyring, counters, isReady };
  let hasOwnServer = false;
  const app = await buildApp(deps, {
    ...shared,
    contract,
    metrics: administration === undefined ? metrics : undefined,
    // Our own servers mark the last response of each connection themselves; the server of a host app does not.
    isStopping: () => stopping.signal.aborted && !hasOwnServer,
    userApi: gateway ?? hostApp,
  });
  const adminApp =
    administration &&
    (await buildApp(deps, {
      ...shared,
      contract: administration,
      metrics,
      isStopping: () => false,
      userApi: undefined,
    }));
  return {
    app,
    adminApp,
    contract,
    actions: resources.actions,
    createServer: (listener) => {
      if (listener !== adminApp) hasOwnServer = true;
      return servers.create(listener);
    },
    close: (options) => {
      stopping.abort();
      return stopInOrder(toStopDeps(deps, { servers, counters, gateway }), options);
    },
    reload: () => {
      servers.reload();
      gateway?.reload();
    },
  };
}

function createKeys({ db, changes, prepareRead, contract, administration }: Resources) {
  const names = { ...administration?.builtInOperations, ...contract.builtInOperations };
  const readiness = createReadiness({
    findByDigest: (digest) => findKeyByDigest(db, digest),
    findNow: createKeyReader({ db, prepareRead }),
    isAlive: () => isAlive(db),
    ticks: systemTicks,
    isReadinessCheck: (id) => Object.hasOwn(names, id) && names[id] === "getReadiness",
  });
  return { readiness, keyring: createKeyring({ source: readiness, freshness: changes }) };
}

type ServerParts = { readonly certificate: Certificate | undefined; readonly meter: Meter };

function buildServers({ config, log, resources, hostApp }: BuildDeps, parts: ServerParts): Servers {
  const { random, clock } = resources.actions;
  const { maxBodyBytes } = config.contract;
  const { operations, prefix } = resources.contract;
  const hasLongBodies = operations.some(({ body }) => body && mayTakeLong(body, maxBodyBytes));
  // A host app gets no connections, only requests.
  const hasUpgrades = hostApp === undefined && operations.some(({ upgrade }) => upgrade !== undefined);
  return createServers(config.transport, { log, random, clock, prefix, hasLongBodies, hasUpgrades, ...parts });
}

type KeyParts = { readonly keyring: Keyring; readonly counters: Counters };

type MetricsParts = KeyParts & { readonly gateway: Gateway | undefined };

/** The metrics of this process, or, in a worker, of all processes. */
function createMetrics({ config, worker }: BuildDeps, { keyring, counters, gateway }: MetricsParts) {
  const { limits, recorder } = counters;
  const { limiter } = limits;
  const readOwn = createReadMetrics({ keyring, limiter, recorder, gateway, workerId: worker?.workerId });
  return { read: worker?.shareMetrics(readOwn) ?? readOwn, isOpen: config.metrics === "open" };
}

type AppParts = Pick<AppDeps, "contract" | "isStopping" | "userApi"> &
  Pick<AppDeps["usage"], "metrics"> &
  KeyParts & { readonly isReady: () => Promise<boolean> };

/** The app is imported here, because it loads the judges, which few commands need. */
async function buildApp(deps: BuildDeps, parts: AppParts): Promise<App> {
  const [{ createApp }, { createJudge }] = await Promise.all([import("./app/app.ts"), import("./app/create-judge.ts")]);
  const appDeps = toAppDeps(deps, parts);
  try {
    return createApp({ ...appDeps, judge: await createJudge(appDeps.contract, deps.config.fastPath) });
  } catch (cause) {
    const message = `the validator cannot work with this contract: ${messageOf(cause)}`;
    throw new ContractRefused(contractFileOf(deps.config), [{ line: 1, message }], { cause });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function toAppDeps({ config, log, resources }: BuildDeps, parts: AppParts): Omit<AppDeps, "judge"> {
  const { contract, metrics, keyring, counters, isReady, isStopping, userApi } = parts;
  const { limits, recorder } = counters;
  const { actions } = resources;
  const { environments } = config;
  const { meter, decisions, violations } = recorder;
  const handlerDeps = { ...actions, keys: keyring, environments, isReady, ...limits, meter };
  return {
    contract,
    // A user operation may have the name of a built-in one, whose handler must not get its requests.
    handlers: createHandlers(handlerDeps, { names: contract.builtInOperations, prefix: contract.prefix }),
    userApi,
    keys: { finder: keyring, environments, reportLeak: createLeakReport(actions, log) },
    limits,
    usage: { meter, decisions, violations, metrics },
    transport: config.transport,
    maxBodyBytes: config.contract.maxBodyBytes,
    requests: config.contract.requests,
    log,
    clock: actions.clock,
    random: actions.random,
    isStopping,
  };
}

type StopParts = {
  readonly servers: Servers;
  readonly counters: Counters;
  readonly gateway: Awaited<ReturnType<typeof openGateway>> | undefined;
};

function toStopDeps({ log, resources, inspection }: BuildDeps, { servers, counters, gateway }: StopParts): StopDeps {
  const { db, databaseFile } = resources;
  const { recorder, jobs } = counters;
  const closeUpstream = async () => gateway?.close();
  const endStreams = () => gateway?.streams.goAway();
  return {
    servers: servers.all,
    endStreams,
    closeUpstream,
    usage: recorder,
    quotas: jobs,
    watch: inspection,
    db,
    databaseFile,
    log,
  };
}
