import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { Config } from "../config/config.ts";
import { exampleCall } from "../contract/example-call.ts";
import { openGround } from "../ground.ts";
import { joinMetrics } from "../http/metrics-text.ts";
import { type Clock, systemTicks } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { createLeaseDesk } from "../limits/lease-desk.ts";
import { type Running, urlOf } from "../serve.ts";
import { startUpkeep, type Upkeep } from "../upkeep.ts";
import type { LeadCalls, MemberCalls } from "./calls.ts";
import { type Channel, createChannel } from "./channel.ts";

/** None of the team could begin; it has said why itself. */
export class TeamUnusable extends Error {}

/** Whoever lived shorter than this is not replaced at once: the next one may not do better. */
const SHORT_LIFE_MS = 5_000;
const PAUSE_MS = 1_000;

/** Requests leave nothing behind, so a larger one would only take memory: 80 MB under load. */
const SMALL_NURSERY = "--max-semi-space-size=8";

/** Longer than a member takes at most to finish what is in flight. */
const END_WITHIN_MS = 15_000;

/**
 * Starts as many processes as the settings say, which serve from one port and one store. What has to be exact over all of
 * them is done here: limits, quotas, and what is to be done now and then. Whoever dies is replaced.
 * @throws TeamUnusable, and what `openGround` throws.
 */
export async function leadTeam(config: Config, log: Log): Promise<Running> {
  const { deeds, contract, db } = await openGround(config, log);
  const upkeep = startUpkeep(deeds, config, log);
  const team = createMembers(
    log,
    createCalls(config, { ...upkeep, clock: deeds.clock }, () => team.channels()),
  );
  const stop = async () => {
    await team.dismiss();
    await upkeep.stop();
    await db.destroy();
  };
  try {
    // One first: what keeps it from starting is then said once.
    const { port } = await team.hire();
    await Promise.all(Array.from({ length: config.workers - 1 }, team.hire));
    return { url: urlOf(config, port), deeds, example: exampleCall(contract.document), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function createCalls(
  { workers }: Config,
  { limiter, clock }: Pick<Upkeep, "limiter"> & { readonly clock: Clock },
  channels: () => readonly Channel<MemberCalls>[],
): LeadCalls {
  const desk = createLeaseDesk(limiter, clock, workers);
  return {
    grant: desk.ask,
    look: desk.look,
    takeBack: ({ charge, units, takenAt }) => desk.giveBack(charge, units, takenAt),
    readMetrics: async () => {
      const texts = await Promise.all(channels().map((channel) => channel.ask("readMetrics", null).catch(() => "")));
      return joinMetrics([...texts, ownMetrics(limiter.size(), texts.length)]);
    },
    bye: () => null,
  };
}

/** Under the heading that the members' own has: theirs are the charges that they hold units for. */
function ownMetrics(buckets: number, members: number): string {
  return `# HELP latchkey_limiter_buckets Buckets of limits in memory.
# TYPE latchkey_limiter_buckets gauge
latchkey_limiter_buckets{member="lead"} ${buckets}
# HELP latchkey_team_members Processes that serve.
# TYPE latchkey_team_members gauge
latchkey_team_members ${members}
`;
}

type Member = { readonly worker: Worker; readonly channel: Channel<MemberCalls>; readonly hiredAt: number };

function createMembers(log: Log, calls: LeadCalls) {
  const members = new Set<Member>();
  let isStopping = false;

  const begin = (): Member => {
    cluster.setupPrimary({ execArgv: [...new Set([...process.execArgv, SMALL_NURSERY])] });
    const worker = cluster.fork();
    const channel = createChannel<MemberCalls>(
      {
        // Whoever is gone hears nothing; that it is gone is learnt from its end.
        send: (message) => void (worker.isConnected() && worker.send(message, () => {})),
        listen: (hear) => worker.on("message", hear),
      },
      calls,
    );
    const member = { worker, channel, hiredAt: systemTicks.now() };
    worker.on("error", (error) => log.debug({ err: error, member: worker.id }, "a worker cannot be told something"));
    members.add(member);
    return member;
  };

  const hire = async (): Promise<{ readonly port: number }> => {
    const member = begin();
    const { worker, channel } = member;
    const ended = once(worker, "exit").then(([code, signal]) => {
      members.delete(member);
      channel.close();
      return { code, signal };
    });
    const port = await Promise.race([
      once(worker, "listening").then(([address]) => Number(address.port)),
      ended.then(() => undefined),
    ]);
    if (port === undefined) throw new TeamUnusable("A worker could not start; it has said why.");
    ended
      .then((how) => replace(member, how))
      .catch((error) => log.error({ err: error }, "a worker cannot be replaced"));
    return { port };
  };

  const replace = async ({ worker, hiredAt }: Member, how: { readonly code: unknown; readonly signal: unknown }) => {
    if (isStopping) return;
    log.warn({ member: worker.id, ...how }, "a worker ended; another one takes its place");
    if (systemTicks.now() - hiredAt < SHORT_LIFE_MS) await wait(PAUSE_MS);
    while (!isStopping) {
      try {
        await hire();
        return;
      } catch (error) {
        log.error({ err: error }, "a worker cannot be replaced");
        await wait(PAUSE_MS);
      }
    }
  };

  return {
    hire,
    channels: () => [...members].map(({ channel }) => channel),
    dismiss: async () => {
      isStopping = true;
      await Promise.all([...members].map(dismiss));
    },
  };
}

async function dismiss({ worker, channel }: Member) {
  const ended = once(worker, "exit");
  const late = setTimeout(() => worker.process.kill("SIGKILL"), END_WITHIN_MS);
  channel.ask("stop", null).catch(() => {});
  await ended;
  clearTimeout(late);
}
