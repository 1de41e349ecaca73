import type { Config } from "../config/config.ts";
import type { Log } from "../lib/log/log.ts";
import { releaseUnusedMemory } from "../lib/memory.ts";
import { systemTicks } from "../lib/time/clock.ts";
import type { LeaseDesk } from "../limits/lease-desk.ts";
import { createLeasedLimiter, HOLD_MS } from "../limits/leased-limiter.ts";
import { LimiterUnavailable } from "../limits/limiter.ts";
import type { Leftover } from "../service/orderly-stop.ts";
import { type Running, serve } from "../service/start.ts";
import type { ReadMetrics } from "../usage/metrics-text.ts";
import type { LeadCalls } from "./calls.ts";
import { createChannel, type Wire } from "./channel.ts";

export type MemberDeps = {
  readonly wire: Wire;
  /** Resolves when the process is asked to end by somebody else than the lead. */
  readonly whenAskedToStop: Promise<unknown>;
  readonly whenLeadIsGone: Promise<unknown>;
  /** Whether a person waits for the end. */
  readonly isHurried: boolean;
  /** Which one this is. */
  readonly member: string;
};

/** Serves beside others, for a lead; ends when it is told to. */
export async function serveAsMember(config: Config, log: Log, deps: MemberDeps): Promise<Leftover> {
  const { wire, whenAskedToStop, whenLeadIsGone, isHurried, member } = deps;
  let tell: (end: unknown) => void = () => {};
  const told = new Promise((resolve) => {
    tell = resolve;
  });
  let readOwn: ReadMetrics = async () => "";
  let reload = () => {};
  const lead = createChannel<LeadCalls>(wire, {
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
  whenLeadIsGone.then(onceGone, onceGone);
  const limiter = createLeasedLimiter(remoteDesk(lead, log), systemTicks);
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
  await Promise.race([told, whenAskedToStop, whenLeadIsGone]);
  const leftover = await running.stop({ isHurried });
  clearInterval(sweeping);
  limiter.giveBackUnused(true);
  await lead.ask("bye", leftover).catch(() => {});
  hasLeft = true;
  return leftover;
}

function remoteDesk({ ask }: ReturnType<typeof createChannel<LeadCalls>>, log: Log): LeaseDesk {
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
