import type { Config } from "../config/config.ts";
import type { Log } from "../lib/log/log.ts";
import { releaseUnusedMemory } from "../lib/memory.ts";
import { systemTicks } from "../lib/time/clock.ts";
import type { LeaseServer } from "../limits/lease-server.ts";
import { createLeasedLimiter, HOLD_MS } from "../limits/leased-limiter.ts";
import { LimiterUnavailable } from "../limits/limiter.ts";
import type { Unfinished } from "../service/orderly-stop.ts";
import { type Running, serve } from "../service/start.ts";
import type { ReadMetrics } from "../usage/metrics-text.ts";
import type { PrimaryCalls } from "./calls.ts";
import { createChannel, type Wire } from "./channel.ts";

export type WorkerDeps = {
  readonly wire: Wire;
  /** Resolves when the process is asked to end by somebody else than the lead. */
  readonly whenAskedToStop: Promise<unknown>;
  readonly whenPrimaryIsGone: Promise<unknown>;
  /** Whether a person waits for the end. */
  readonly isHurried: boolean;
  /** Which one this is. */
  readonly member: string;
};

/** Serves beside others, for a lead; ends when it is told to. */
export async function serveAsWorker(config: Config, log: Log, deps: WorkerDeps): Promise<Unfinished> {
  const { wire, whenAskedToStop, whenPrimaryIsGone, isHurried, member } = deps;
  let tell: (end: unknown) => void = () => {};
  const told = new Promise((resolve) => {
    tell = resolve;
  });
  let readOwn: ReadMetrics = async () => "";
  let reload = () => {};
  const lead = createChannel<PrimaryCalls>(wire, {
    readMetrics: () => readOwn(),
    stop: () => tell(undefined),
    reload: () => reload(),
  });
  let hasLeft = false;
  const onceGone = () => {
    // A member that leaves in order cuts this connection itself.
    if (!hasLeft) log.error("the lead is gone: this worker finishes its requests, and ends");
    lead.close();
  };
  whenPrimaryIsGone.then(onceGone, onceGone);
  const limiter = createLeasedLimiter(remoteLeaseServer(lead, log), systemTicks);
  const sweeping = setInterval(limiter.giveBackUnused, HOLD_MS / 2).unref();
  const running: Running = await serve(config, log, {
    members: config.workers,
    member,
    limiter,
    poolMetrics: (read) => {
      readOwn = read;
      return () => lead.ask("readMetrics", null);
    },
  });
  ({ reload } = running);
  releaseUnusedMemory();
  await Promise.race([told, whenAskedToStop, whenPrimaryIsGone]);
  const leftover = await running.stop({ isHurried });
  clearInterval(sweeping);
  limiter.giveBackUnused(true);
  await lead.ask("bye", leftover).catch(() => {});
  hasLeft = true;
  return leftover;
}

function remoteLeaseServer({ ask }: ReturnType<typeof createChannel<PrimaryCalls>>, log: Log): LeaseServer {
  const unavailable = (cause: unknown) => {
    throw new LimiterUnavailable("The lead does not count.", { cause });
  };
  return {
    ask: (wanted) => ask("grant", wanted).catch(unavailable),
    look: (charge) => ask("look", charge).catch(unavailable),
    giveBack: (charge, units, takenAt) => {
      // Where nobody is left to hear it, nobody is left to refuse anything either.
      ask("takeBack", { charge, units, takenAt }).catch((error) =>
        log.debug({ err: error }, "units cannot be given back"),
      );
    },
  };
}
