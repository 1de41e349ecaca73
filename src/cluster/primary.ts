import type { Config } from "../config/config.ts";
import type { EnvironmentVariables } from "../config/setting.ts";
import type { ListenAddress } from "../config/transport-settings.ts";
import { exampleCall } from "../contract/model/example-call.ts";
import type { Log } from "../lib/log/log.ts";
import type { Clock } from "../lib/time/clock.ts";
import { createLeaseServer } from "../limits/lease-server.ts";
import type { MemoryLimiter } from "../limits/memory-limiter.ts";
import { startBackgroundJobs } from "../service/background-jobs.ts";
import { LIMITER_BUCKETS } from "../service/metrics.ts";
import { addUnfinished, closeStore, logUnfinished, NOTHING_UNFINISHED, writeLast } from "../service/orderly-stop.ts";
import { openResources } from "../service/resources.ts";
import { type Running, urlOf } from "../service/start.ts";
import { joinMetrics } from "../usage/metrics-text.ts";
import type { PrimaryCalls } from "./calls.ts";
import { findFreePort } from "./free-port.ts";
import { ClusterUnusable, createWorkerPool, type WorkerPool } from "./worker-pool.ts";
import { spawnWorker } from "./worker-process.ts";

/**
 * Starts as many workers as the settings say, which serve from one port and one store. The primary does what has to be
 * exact across all of them: limits, quotas and the background jobs.
 * @param settings the settings of `config` as environment variables, for the workers.
 * @throws ClusterUnusable, and what `openResources` throws.
 */
export async function startCluster(config: Config, log: Log, settings: EnvironmentVariables): Promise<Running> {
  const { actions, contract, db, databaseFile } = await openResources(config, log);
  const port = config.port || (await findFreePort(config.host));
  const adminListen = await withPort(config.transport.adminListen);
  const jobs = startBackgroundJobs(actions, config, log);
  let unfinished = NOTHING_UNFINISHED;
  const calls: PrimaryCalls = {
    ...createLeaseCalls(jobs.limiter, actions.clock, config.workers),
    readMetrics: () => readAllMetrics(pool, jobs.limiter.size()),
    leave: (ofWorker) => {
      unfinished = addUnfinished(unfinished, ofWorker);
      return null;
    },
  };
  const pool = createWorkerPool(() => spawnWorker({ port, adminListen, settings }, calls, log), log);
  const stop = async () => {
    const killed = await pool.stop();
    await writeLast([jobs]);
    await closeStore({ db, databaseFile, log });
    const own = { ...NOTHING_UNFINISHED, unitsLost: jobs.unwritten(), isFileLost: databaseFile.loss() !== undefined };
    logUnfinished(own, log);
    if (killed > 0) throw new ClusterUnusable(`${killed} workers did not end in time: their last counts are lost.`);
    return addUnfinished(unfinished, own);
  };
  try {
    await startAll(pool, config.workers);
    return {
      url: urlOf(config, port),
      adminUrl: adminListen && urlOf({ ...config, host: adminListen.host }, adminListen.port),
      prefix: contract.prefix,
      actions,
      example: exampleCall(contract),
      stop,
      reload: () => reload(pool),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The address of the listener for administration, with a port that all workers can use. */
async function withPort(listen: ListenAddress | undefined): Promise<ListenAddress | undefined> {
  return listen && { ...listen, port: listen.port || (await findFreePort(listen.host)) };
}

/** Starts one worker before the others, so that a reason not to start is reported once. */
async function startAll(pool: WorkerPool, count: number): Promise<void> {
  await pool.start();
  await Promise.all(Array.from({ length: count - 1 }, pool.start));
}

function reload(pool: WorkerPool) {
  // Fails for a worker that is ending, which has no use for it.
  for (const { channel } of pool.workers()) channel.call("reload", null).catch(() => {});
}

function createLeaseCalls(limiter: MemoryLimiter, clock: Clock, workers: number) {
  const leases = createLeaseServer(limiter, clock, workers);
  return {
    grant: leases.grant,
    peek: leases.peek,
    refund: ({ charge, units, takenAt }) => leases.refund(charge, units, takenAt),
  } satisfies Partial<PrimaryCalls>;
}

async function readAllMetrics(pool: WorkerPool, buckets: number): Promise<string> {
  const texts = await Promise.all(
    pool.serving().map(({ channel }) => channel.call("readMetrics", null).catch(() => undefined)),
  );
  // A worker that has ended has no metrics, and is none of those that serve.
  const read = texts.filter((text) => text !== undefined);
  return joinMetrics([...read, primaryMetrics(buckets, read.length)]);
}

/** The workers report the same metric of buckets: there it counts the charges that they hold units for. */
function primaryMetrics(buckets: number, workers: number): string {
  return `# HELP ${LIMITER_BUCKETS.name} ${LIMITER_BUCKETS.help}
# TYPE ${LIMITER_BUCKETS.name} gauge
${LIMITER_BUCKETS.name}{member="lead"} ${buckets}
# HELP latchkey_team_members Worker processes that serve.
# TYPE latchkey_team_members gauge
latchkey_team_members ${workers}
`;
}
