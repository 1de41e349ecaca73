import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { Config } from "../config/config.ts";
import { exampleCall } from "../contract/model/example-call.ts";
import { DRAIN_WITHIN_MS } from "../http/server/drain.ts";
import type { Log } from "../lib/log/log.ts";
import { type Clock, systemTicks } from "../lib/time/clock.ts";
import { createLeaseServer } from "../limits/lease-server.ts";
import { type BackgroundJobs, startBackgroundJobs } from "../service/background-jobs.ts";
import { closeStore, logUnfinished, type Unfinished, WRITE_WITHIN_MS, writeLast } from "../service/orderly-stop.ts";
import { openResources } from "../service/resources.ts";
import { type Running, urlOf } from "../service/start.ts";
import { joinMetrics } from "../usage/metrics-text.ts";
import type { PrimaryCalls, WorkerCalls } from "./calls.ts";
import { type Channel, createChannel } from "./channel.ts";
import { closeConnectionInTransit } from "./connection-in-transit.ts";
import { findFreePort } from "./free-port.ts";

/** A worker could not begin, and has said why itself; or it did not end. */
export class ClusterUnusable extends Error {}

/** Whoever lived shorter than this is not replaced at once: the next one may not do better. */
const SHORT_LIFE_MS = 5_000;
const PAUSE_MS = 1_000;

/** Requests leave nothing behind, so a larger one would only take memory: 80 MB under load. */
const SMALL_NURSERY = "--max-semi-space-size=8";

/** Longer than a member takes at most to finish what is in flight, and to write what it counted. */
const END_WITHIN_MS = DRAIN_WITHIN_MS + WRITE_WITHIN_MS + 1_000;

/**
 * Starts as many processes as the settings say, which serve from one port and one store. What has to be exact over all of
 * them is done here: limits, quotas, and what is to be done now and then. Whoever dies is replaced.
 * @throws TeamUnusable, and what `openResources` throws.
 */
export async function startCluster(config: Config, log: Log): Promise<Running> {
  const { actions, contract, db, databaseFile } = await openResources(config, log);
  const port = config.port || (await findFreePort(config.host));
  const backgroundJobs = startBackgroundJobs(actions, config, log);
  const leftovers: Unfinished[] = [];
  const calls = createCalls(config, { ...backgroundJobs, clock: actions.clock }, () => team.channels());
  const team = createMembers(log, port, {
    ...calls,
    bye: (leftover) => {
      leftovers.push(leftover);
      return null;
    },
  });
  const stop = async () => {
    const killed = await team.dismiss();
    await writeLast([backgroundJobs]);
    await closeStore({ db, databaseFile, log });
    const own = {
      ...NOTHING_LEFT,
      unitsLost: backgroundJobs.unwritten(),
      isFileLost: databaseFile.loss() !== undefined,
    };
    logUnfinished(own, log);
    if (killed > 0) throw new ClusterUnusable(`${killed} workers did not end in time: their last counts are lost.`);
    return leftovers.reduce(sumOf, own);
  };
  try {
    // One first: what keeps it from starting is then said once.
    await team.hire();
    await Promise.all(Array.from({ length: config.workers - 1 }, team.hire));
    const url = urlOf(config, port);
    return { url, actions, example: exampleCall(contract.document), stop, reload: team.reload };
  } catch (error) {
    await stop();
    throw error;
  }
}

function createCalls(
  { workers }: Config,
  { limiter, clock }: Pick<BackgroundJobs, "limiter"> & { readonly clock: Clock },
  channels: () => readonly Channel<WorkerCalls>[],
): Omit<PrimaryCalls, "bye"> {
  const desk = createLeaseServer(limiter, clock, workers);
  return {
    grant: desk.ask,
    look: desk.look,
    takeBack: ({ charge, units, takenAt }) => desk.giveBack(charge, units, takenAt),
    readMetrics: async () => {
      const texts = await Promise.all(channels().map((channel) => channel.ask("readMetrics", null).catch(() => "")));
      return joinMetrics([...texts, ownMetrics(limiter.size(), texts.length)]);
    },
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

type Member = { readonly worker: Worker; readonly channel: Channel<WorkerCalls>; readonly hiredAt: number };

function createMembers(log: Log, port: number, calls: PrimaryCalls) {
  const members = new Set<Member>();
  let isStopping = false;

  const begin = (): Member => {
    cluster.setupPrimary({ execArgv: [...new Set([...process.execArgv, SMALL_NURSERY])] });
    // All on one port, and one that takes the place of another too: left to themselves, each round finds one of its own.
    const worker = cluster.fork({ PORT: port });
    closeConnectionInTransit(worker);
    const channel = createChannel<WorkerCalls>(
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

  const hire = async (): Promise<void> => {
    const member = begin();
    const { worker, channel } = member;
    const ended = once(worker, "exit").then(([code, signal]) => {
      members.delete(member);
      channel.close();
      return { code, signal };
    });
    const isListening = await Promise.race([once(worker, "listening").then(() => true), ended.then(() => false)]);
    if (!isListening) throw new ClusterUnusable("A worker could not start; it has said why.");
    ended
      .then((how) => replace(member, how))
      .catch((error) => log.error({ err: error }, "a worker cannot be replaced"));
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
    reload: () => {
      // One that is ending reads nothing any more.
      for (const { channel } of members) channel.ask("reload", null).catch(() => {});
    },
    /** @returns how many had to be killed. */
    dismiss: async () => {
      isStopping = true;
      const areKilled = await Promise.all([...members].map(dismiss));
      return areKilled.filter(Boolean).length;
    },
  };
}

/** @returns whether it had to be killed, for it did not end. */
async function dismiss({ worker, channel }: Member): Promise<boolean> {
  const ended = once(worker, "exit");
  let isKilled = false;
  const late = setTimeout(() => {
    isKilled = worker.process.kill("SIGKILL");
  }, END_WITHIN_MS);
  channel.ask("stop", null).catch(() => {});
  await ended;
  clearTimeout(late);
  return isKilled;
}

const NOTHING_LEFT: Unfinished = { requestsCutOff: 0, answersLost: 0, unitsLost: 0, isFileLost: false };

function sumOf(one: Unfinished, other: Unfinished): Unfinished {
  return {
    requestsCutOff: one.requestsCutOff + other.requestsCutOff,
    answersLost: one.answersLost + other.answersLost,
    unitsLost: one.unitsLost + other.unitsLost,
    isFileLost: one.isFileLost || other.isFileLost,
  };
}
