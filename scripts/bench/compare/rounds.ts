import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Contender, Setting } from "./contenders.ts";
import { type KeyChanger, startKeyChanger } from "./key-changer.ts";
import { contractIn } from "./keys.ts";
import { type Figures, GENERATOR_CORE, type Generator } from "./load.ts";
import { check, newPort, type Running, start } from "./process.ts";
import { REQUESTS, type Request, type Secrets } from "./scenarios.ts";
import { type Row, spreadOf } from "./table.ts";
import type { LoadTable } from "./tables.ts";

export type Run = {
  readonly folder: string;
  readonly secrets: Secrets;
  readonly generator: Generator;
  readonly rounds: number;
  readonly seconds: number;
};

type Entrant = {
  readonly contender: Contender;
  readonly running: Running;
  readonly request: Request;
  readonly changer: KeyChanger | undefined;
};

type Round = Figures & { readonly cpuMicroseconds: number };

/** A round of an entrant, and the round of the baseline directly before it. */
type Pair = { readonly base: Round; readonly own: Round };

/** V8 optimizes a large program for longer than a small one; in service it has hours for that. */
const WARM_SECONDS = 15;

/** Time for the work that was waiting while a server was suspended, and for the work that the last requests left. */
const SETTLE_MS = 300;

/**
 * Starts all servers, checks their responses, warms them up, and then measures each directly after the baseline, round
 * by round, so that other load on the machine affects both.
 */
export async function compareAll(table: LoadTable, run: Run): Promise<readonly Row[]> {
  const started: Entrant[] = [];
  const upstream = table.upstream && (await startUpstream(table.upstream, run));
  try {
    const missing = await startAll(table, { ...run, upstream: upstream?.port ?? 0 }, started);
    const [measure, ...entrants] = started;
    if (measure?.contender !== table.measure) throw new Error("The baseline did not start.");
    for (const entrant of started) await load(entrant, run, WARM_SECONDS);
    const pairs = await measurePairs(measure, entrants, { ...run, seconds: Math.max(run.seconds, table.seconds ?? 0) });
    return [table.measure, ...table.contenders].map((contender): Row => {
      const entrant = started.find((one) => one.contender === contender);
      const { name } = contender;
      if (entrant === undefined) return { name, missing: missing.get(contender) ?? "", values: {} };
      return { name, values: valuesOf(entrant, pairs.get(entrant) ?? []) };
    });
  } finally {
    for (const { running, changer } of started) {
      changer?.end();
      running.resume();
      await running.stop();
    }
    await upstream?.stop();
  }
}

/** Runs on the core of the load generator, so that it is not part of the measurement. */
function startUpstream({ command }: Contender, run: Run): Promise<Running> {
  const setting = { ...settingOf(run), upstream: 0 };
  return start({ ...command(setting), cores: GENERATOR_CORE }, setting.port, join(run.folder, `${setting.port}.log`));
}

export function settingOf({ folder, secrets }: Run): Omit<Setting, "upstream"> {
  return { folder, port: newPort(), secrets, contractOf: (count) => contractIn(folder, count) };
}

/** Adds the servers that start and respond as expected to `started`. @returns why the others are missing. */
async function startAll(table: LoadTable, run: Run & Pick<Setting, "upstream">, started: Entrant[]) {
  const missing = new Map<Contender, string>();
  for (const contender of [table.measure, ...table.contenders]) {
    const reason = contender.missing?.();
    if (reason !== undefined) missing.set(contender, reason);
    else
      await enter(contender, table, run, started).catch((error) => missing.set(contender, toReason(contender, error)));
  }
  return missing;
}

/** The whole error, which may be the log of a server, is too long for a table. */
function toReason({ name }: Contender, error: unknown): string {
  console.error(`${name}: ${error instanceof Error ? error.message : error}`);
  return "it did not start, or did not respond as expected";
}

async function enter(
  contender: Contender,
  { scenario, measure, measuredBy = scenario }: LoadTable,
  run: Run & Pick<Setting, "upstream">,
  started: Entrant[],
) {
  const setting: Setting = { ...settingOf(run), upstream: run.upstream };
  const keys = (await contender.keysOf?.(setting)) ?? [];
  const running = await start(contender.command(setting), setting.port, join(run.folder, `${setting.port}.log`));
  try {
    const known = contender.keyOf === undefined ? run.secrets : { ...run.secrets, ample: contender.keyOf(setting) };
    const requestName = contender.scenario ?? (contender === measure ? measuredBy : scenario);
    const request = REQUESTS[requestName](known, contender.operations ?? 8, keys);
    // The first request may use up the limit that the second one must exceed.
    if (request.status === 429) await check(setting.port, { ...request, status: 200 }).catch(() => undefined);
    await check(setting.port, request);
    const { keyChanges } = contender;
    const changer = keyChanges && (await startKeyChanger(keyChanges.databaseIn(setting), keyChanges.perSecond));
    running.pause();
    started.push({ contender, running, request, changer });
  } catch (error) {
    await running.stop();
    throw error;
  }
}

async function measurePairs(measure: Entrant, entrants: readonly Entrant[], run: Run) {
  const pairs = new Map<Entrant, Pair[]>([measure, ...entrants].map((entrant) => [entrant, []]));
  for (let round = 0; round < run.rounds; round++) {
    for (const entrant of entrants) {
      const base = await load(measure, run, run.seconds);
      const own = await load(entrant, run, run.seconds);
      pairs.get(measure)?.push({ base, own: base });
      pairs.get(entrant)?.push({ base, own });
    }
  }
  return pairs;
}

/** Sends requests, and counts the CPU time until the server has finished what they left to do. */
async function load({ contender, running, request, changer }: Entrant, { generator }: Run, seconds: number) {
  const { connections } = contender;
  running.resume();
  await wait(SETTLE_MS);
  const before = running.cpuMicroseconds();
  changer?.begin();
  const figures = await generator.run(running.port, request, { seconds, ...(connections && { connections }) });
  await changer?.pause();
  await wait(SETTLE_MS);
  const cpuMicroseconds = (running.cpuMicroseconds() - before) / figures.requests;
  running.pause();
  return { ...figures, cpuMicroseconds };
}

function valuesOf({ running }: Entrant, pairs: readonly Pair[]): Row["values"] {
  const of = (pick: (pair: Pair) => number) => spreadOf(pairs.map(pick));
  return {
    ratio: of(({ base, own }) => own.perSecond / base.perSecond),
    perSecond: of(({ own }) => own.perSecond),
    p50Ms: of(({ own }) => own.p50Ms),
    p99Ms: of(({ own }) => own.p99Ms),
    cpuMicroseconds: of(({ own }) => own.cpuMicroseconds),
    cpuRatio: of(({ base, own }) => own.cpuMicroseconds / base.cpuMicroseconds),
    residentMb: spreadOf([running.residentMb()]),
    startedMs: spreadOf([running.startedMs]),
  };
}
