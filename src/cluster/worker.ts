import type { Config } from "../config/config.ts";
import type { Log } from "../lib/log/log.ts";
import { releaseUnusedMemory } from "../lib/memory.ts";
import { systemTicks } from "../lib/time/clock.ts";
import type { LeaseServer } from "../limits/lease-server.ts";
import { createLeasedLimiter, HOLD_MS } from "../limits/leased-limiter.ts";
import { LimiterUnavailable } from "../limits/limiter.ts";
import type { Unfinished } from "../service/orderly-stop.ts";
import { serve } from "../service/start.ts";
import type { ReadMetrics } from "../usage/metrics-text.ts";
import type { PrimaryCalls, WorkerCalls } from "./calls.ts";
import { type Channel, createChannel, type Wire } from "./channel.ts";

export type WorkerDeps = {
  readonly wire: Wire;
  /** Resolves when a signal asks this process to end; the primary asks over the wire. */
  readonly whenAskedToStop: Promise<unknown>;
  readonly whenPrimaryIsGone: Promise<unknown>;
  /** Whether a person waits for the end. */
  readonly isHurried: boolean;
  /** The id of this worker, a label of its metrics. */
  readonly workerId: string;
};

/** Serves as one of several workers of a primary, until it is told to stop or the primary is gone. */
export async function serveAsWorker(config: Config, log: Log, deps: WorkerDeps): Promise<Unfinished> {
  const { whenAskedToStop, whenPrimaryIsGone, isHurried, workerId } = deps;
  const primary = connectToPrimary(deps, log);
  const limiter = createLeasedLimiter(remoteLeaseServer(primary.channel, log), systemTicks);
  const sweep = setInterval(limiter.returnUnused, HOLD_MS / 2).unref();
  const { workers } = config;
  const running = await serve(config, log, { workers, workerId, limiter, shareMetrics: primary.shareMetrics });
  primary.onReload(running.reload);
  releaseUnusedMemory();
  await Promise.race([primary.whenToldToStop, whenAskedToStop, whenPrimaryIsGone]);
  const unfinished = await running.stop({ isHurried });
  clearInterval(sweep);
  limiter.returnUnused(true);
  await primary.leave(unfinished);
  return unfinished;
}

/** Handles the calls of the primary, and makes those of this worker. */
function connectToPrimary({ wire, whenPrimaryIsGone }: WorkerDeps, log: Log) {
  const toldToStop = Promise.withResolvers<void>();
  let readOwnMetrics: ReadMetrics = async () => "";
  let reload = () => {};
  const channel = createChannel<PrimaryCalls>(wire, {
    readMetrics: () => readOwnMetrics(),
    stop: () => toldToStop.resolve(),
    reload: () => reload(),
  } satisfies WorkerCalls);
  // An orderly stop ends by closing this connection, so its end is not a failure then.
  let hasLeft = false;
  const onGone = () => {
    if (!hasLeft) log.error("the primary process is gone: this worker finishes its requests and ends");
    channel.close();
  };
  whenPrimaryIsGone.then(onGone, onGone);
  return {
    channel,
    whenToldToStop: toldToStop.promise,
    onReload: (act: () => void) => {
      reload = act;
    },
    shareMetrics: (readOwn: ReadMetrics): ReadMetrics => {
      readOwnMetrics = readOwn;
      return () => channel.call("readMetrics", null);
    },
    leave: async (unfinished: Unfinished) => {
      await channel.call("leave", unfinished).catch(() => {});
      hasLeft = true;
    },
  };
}

function remoteLeaseServer({ call }: Channel<PrimaryCalls>, log: Log): LeaseServer {
  const unavailable = (cause: unknown) => {
    throw new LimiterUnavailable("The primary process does not respond.", { cause });
  };
  return {
    grant: (request) => call("grant", request).catch(unavailable),
    peek: (charge) => call("peek", charge).catch(unavailable),
    refund: (charge, units, takenAt) => {
      // Without a primary there are no limits left to refund.
      call("refund", { charge, units, takenAt }).catch((error) =>
        log.debug({ err: error }, "units cannot be given back"),
      );
    },
  };
}
