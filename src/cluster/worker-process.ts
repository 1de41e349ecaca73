import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import type { EnvironmentVariables } from "../config/setting.ts";
import { type ListenAddress, toListenText } from "../config/transport-settings.ts";
import { DRAIN_WITHIN_MS } from "../http/server/drain.ts";
import type { Log } from "../lib/log/log.ts";
import { systemTicks, type Ticks } from "../lib/time/clock.ts";
import { WRITE_WITHIN_MS } from "../service/orderly-stop.ts";
import type { PrimaryCalls, WorkerCalls } from "./calls.ts";
import { type Channel, createChannel } from "./channel.ts";
import { closeConnectionInTransit } from "./connection-in-transit.ts";

/** How a process ended: with an exit code, or by a signal. */
export type Exit = { readonly code: number | null; readonly signal: string | null };

/** A worker, as its primary sees it. */
export type WorkerProcess = {
  readonly id: number;
  readonly startedAt: Ticks;
  readonly channel: Channel<WorkerCalls>;
  /** False when the process ended before it listened. */
  readonly isListening: Promise<boolean>;
  readonly whenEnded: Promise<Exit>;
  /** Lets it finish its requests, and kills it when that takes too long. @returns whether it had to be killed. */
  readonly stop: () => Promise<boolean>;
};

/** Requests leave little garbage behind: a larger nursery would take 80 MB under load and save no time. */
const SMALL_NURSERY = "--max-semi-space-size=8";

/** A bit more than a worker needs at most to finish its requests and to write its counts. */
const END_WITHIN_MS = DRAIN_WITHIN_MS + WRITE_WITHIN_MS + 1_000;

/** What all workers have in common. */
export type WorkerSettings = {
  readonly port: number;
  /** Where administration has a listener of its own. */
  readonly adminListen: ListenAddress | undefined;
  /** All settings of the primary, as environment variables. */
  readonly settings: EnvironmentVariables;
};

/** Starts a process that serves on these ports. */
export function spawnWorker(
  { port, adminListen, settings }: WorkerSettings,
  calls: PrimaryCalls,
  log: Log,
): WorkerProcess {
  cluster.setupPrimary({ execArgv: [...new Set([...process.execArgv, SMALL_NURSERY])] });
  // The same ports for all, and for later replacements: with port 0 each generation would get another one.
  const listen = adminListen && { LATCHKEY_ADMIN_LISTEN: toListenText(adminListen) };
  const worker = cluster.fork({ ...settings, PORT: port, ...listen });
  closeConnectionInTransit(worker);
  worker.on("error", (error) => log.debug({ err: error, worker: worker.id }, "a worker cannot be reached"));
  const channel = createChannel<WorkerCalls>(
    {
      // Without a connection there is no worker to send to; its exit is handled elsewhere.
      send: (message) => void (worker.isConnected() && worker.send(message, () => {})),
      listen: (onMessage) => worker.on("message", onMessage),
    },
    calls,
  );
  const whenEnded = new Promise<Exit>((resolve) => {
    worker.once("exit", (code, signal) => {
      channel.close();
      resolve({ code, signal });
    });
  });
  const whenListening = once(worker, "listening").then(() => true);
  return {
    id: worker.id,
    startedAt: systemTicks.now(),
    channel,
    isListening: Promise.race([whenListening, whenEnded.then(() => false)]),
    whenEnded,
    stop: () => stopWorker(worker, channel, whenEnded),
  };
}

async function stopWorker(worker: Worker, channel: Channel<WorkerCalls>, whenEnded: Promise<Exit>): Promise<boolean> {
  let isKilled = false;
  const deadline = setTimeout(() => {
    isKilled = worker.process.kill("SIGKILL");
  }, END_WITHIN_MS);
  // Fails when the worker ends before its reply arrives, which is what it was asked to do.
  channel.call("stop", null).catch(() => {});
  await whenEnded;
  clearTimeout(deadline);
  return isKilled;
}
