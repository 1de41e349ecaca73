import type { Config } from "../config/config.ts";
import type { ReadMetrics } from "../http/metrics-text.ts";
import { systemTicks } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { releaseUnusedMemory } from "../lib/memory.ts";
import type { LeaseDesk } from "../limits/lease-desk.ts";
import { createLeasedLimiter, HOLD_MS } from "../limits/leased-limiter.ts";
import { type Running, serve } from "../serve.ts";
import type { LeadCalls } from "./calls.ts";
import { createChannel, type Wire } from "./channel.ts";

export type MemberDeps = {
  readonly wire: Wire;
  /** Resolves when the process is asked to end by somebody else than the lead. */
  readonly whenAskedToStop: Promise<unknown>;
  readonly whenLeadIsGone: Promise<unknown>;
  /** Which one this is. */
  readonly member: string;
};

/** Serves beside others, for a lead; ends when it is told to. */
export async function serveAsMember(config: Config, log: Log, deps: MemberDeps) {
  const { wire, whenAskedToStop, whenLeadIsGone, member } = deps;
  let tell: (end: unknown) => void = () => {};
  const told = new Promise((resolve) => {
    tell = resolve;
  });
  let readOwn: ReadMetrics = async () => "";
  const lead = createChannel<LeadCalls>(wire, {
    readMetrics: () => readOwn(),
    stop: () => tell(undefined),
  });
  whenLeadIsGone.then(lead.close, lead.close);
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
  releaseUnusedMemory();
  await Promise.race([told, whenAskedToStop, whenLeadIsGone]);
  await running.stop();
  clearInterval(sweeping);
  limiter.giveBackUnused(true);
  await lead.ask("bye", null).catch(() => {});
}

function remoteDesk({ ask }: ReturnType<typeof createChannel<LeadCalls>>, log: Log): LeaseDesk {
  return {
    ask: (wanted) => ask("grant", wanted),
    look: (charge) => ask("look", charge),
    giveBack: (charge, units, takenAt) => {
      // Where nobody is left to hear it, nobody is left to refuse anything either.
      ask("takeBack", { charge, units, takenAt }).catch((error) =>
        log.debug({ err: error }, "units cannot be given back"),
      );
    },
  };
}
