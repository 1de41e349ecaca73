import { setTimeout as wait } from "node:timers/promises";
import type { Log } from "../lib/log/log.ts";
import { systemTicks } from "../lib/time/clock.ts";
import type { Exit, WorkerProcess } from "./worker-process.ts";

/** A worker failed to start, and has written the reason to its own output; or it did not end in time. */
export class ClusterUnusable extends Error {}

/** A worker that ends sooner than this is replaced after a pause: its replacement may fail in the same way. */
const SHORT_LIFE_MS = 5_000;
const PAUSE_MS = 1_000;

export type WorkerPool = {
  /** Adds a worker, and from then on replaces it when it ends. @throws ClusterUnusable when it does not start. */
  readonly start: () => Promise<void>;
  /** Those that start too. */
  readonly workers: () => readonly WorkerProcess[];
  /** Those that listen. */
  readonly serving: () => readonly WorkerProcess[];
  /** Stops all workers. @returns how many had to be killed. */
  readonly stop: () => Promise<number>;
};

/** The workers of this primary. Workers that end are replaced until the pool is stopped. */
export function createWorkerPool(spawn: () => WorkerProcess, log: Log): WorkerPool {
  const workers = new Set<WorkerProcess>();
  const serving = new Set<WorkerProcess>();
  let isStopping = false;

  const start = async () => {
    const { worker, ended } = await startWorker(spawn, workers);
    serving.add(worker);
    ended.then((exit) => replace(worker, exit)).catch(logFailure);
  };

  const replace = async (worker: WorkerProcess, exit: Exit) => {
    serving.delete(worker);
    if (isStopping) return;
    log.warn({ worker: worker.id, ...exit }, "a worker ended and is replaced");
    if (systemTicks.now() - worker.startedAt < SHORT_LIFE_MS) await wait(PAUSE_MS);
    while (!isStopping && !(await tryStart())) await wait(PAUSE_MS);
  };

  const tryStart = () =>
    start().then(
      () => true,
      (error) => {
        logFailure(error);
        return false;
      },
    );

  const logFailure = (error: unknown) => log.error({ err: error }, "a worker cannot be replaced");

  return {
    start,
    workers: () => [...workers],
    serving: () => [...serving],
    stop: async () => {
      isStopping = true;
      const areKilled = await Promise.all([...workers].map((worker) => worker.stop()));
      return areKilled.filter(Boolean).length;
    },
  };
}

/**
 * Starts a worker, which stays in `workers` until it ends.
 * @throws ClusterUnusable when it ends before it listens.
 */
async function startWorker(spawn: () => WorkerProcess, workers: Set<WorkerProcess>) {
  const worker = spawn();
  workers.add(worker);
  const ended = worker.whenEnded.then((exit) => {
    workers.delete(worker);
    return exit;
  });
  const isListening = await worker.isListening.catch((error) => {
    // The process could not be spawned, so it will never end.
    workers.delete(worker);
    throw error;
  });
  if (!isListening) throw new ClusterUnusable("A worker could not start; it has written the reason.");
  return { worker, ended };
}
