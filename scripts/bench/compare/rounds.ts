import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Contender, Setting } from "./contenders.ts";
import { contractIn } from "./keys.ts";
import type { Figures, findGenerator } from "./load.ts";
import { check, newPort, type Running, start } from "./process.ts";
import { REQUESTS, type Request, type Secrets } from "./scenarios.ts";
import type { Table } from "./tables.ts";

type Measured = {
  readonly name: string;
  readonly missing?: undefined;
  /** The ratio of requests per second to the baseline, per round. */
  readonly ratio: { readonly median: number; readonly lowest: number; readonly highest: number };
  /** Medians of the rounds. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the server, per request. */
  readonly cpuMicroseconds: number;
  /** After the last round. */
  readonly residentMb: number;
  readonly startedMs: number;
};

export type Row = Measured | { readonly name: string; readonly missing: string };

type Run = {
  readonly folder: string;
  readonly secrets: Secrets;
  readonly generator: ReturnType<typeof findGenerator>;
  readonly rounds: number;
  readonly seconds: number;
};

type Entrant = { readonly name: string; readonly running: Running; readonly request: Request };

type Round = Figures & { readonly cpuMicroseconds: number };

const WARM_SECONDS = 3;

/** Time for the work that was waiting while it was paused. */
const SETTLE_MS = 300;

/**
 * Starts all servers, checks their responses, warms them up, and then measures each directly after the baseline, round
 * by round, so that other load on the machine affects both.
 */
export async function compareAll(table: Table, run: Run): Promise<readonly Row[]> {
  const started: Entrant[] = [];
  const upstream = table.upstream && (await startUpstream(table.upstream, run));
  try {
    const rows = await startAll(table, { ...run, upstream: upstream?.port ?? 0 }, started);
    const [measure, ...entrants] = started;
    if (measure === undefined) throw new Error(`${table.title}: the measure itself did not start.`);
    for (const entrant of started) await load(entrant, run, WARM_SECONDS);

    const results = new Map(started.map((entrant) => [entrant.name, [] as { round: Round; ratio: number }[]]));
    for (let round = 0; round < run.rounds; round++) {
      for (const entrant of entrants) {
        const base = await load(measure, run, run.seconds);
        const figures = await load(entrant, run, run.seconds);
        results.get(measure.name)?.push({ round: base, ratio: 1 });
        results.get(entrant.name)?.push({ round: figures, ratio: figures.perSecond / base.perSecond });
      }
    }
    return rows.map((row) => {
      const entrant = started.find(({ name }) => name === row.name);
      return entrant === undefined ? row : summarize(entrant, results.get(row.name) ?? []);
    });
  } finally {
    for (const { running } of started) {
      running.resume();
      await running.stop();
    }
    await upstream?.stop();
  }
}

/** Runs on the core of the load generator, so that it is not part of the measurement. */
function startUpstream({ command }: Contender, run: Run): Promise<Running> {
  const setting = { ...settingOf(run), upstream: 0 };
  return start({ ...command(setting), core: 1 }, setting.port, join(run.folder, `${setting.port}.log`));
}

function settingOf({ folder, secrets }: Run): Omit<Setting, "upstream"> {
  return { folder, port: newPort(), secrets, contractOf: (count) => contractIn(folder, count) };
}

async function startAll(
  { scenario, measure, contenders, measuredBy = scenario }: Table,
  run: Run & Pick<Setting, "upstream">,
  started: Entrant[],
): Promise<readonly { readonly name: string; readonly missing: string }[]> {
  const rows: { name: string; missing: string }[] = [];
  const { folder, secrets, upstream } = run;
  for (const contender of [measure, ...contenders]) {
    const { name, missing, command, keyOf, keysOf } = contender;
    const reason = missing?.();
    rows.push({ name, missing: reason ?? "" });
    if (reason !== undefined) continue;
    const setting: Setting = { ...settingOf(run), upstream };
    const keys = (await keysOf?.(setting)) ?? [];
    const running = await start(command(setting), setting.port, join(folder, `${setting.port}.log`));
    const known = keyOf === undefined ? secrets : { ...secrets, ample: keyOf(setting) };
    const requestName = contender === measure ? measuredBy : scenario;
    const request = REQUESTS[requestName](known, contender.operations ?? 8, keys);
    started.push({ name, running, request });
    // The first request may use up the limit that the second one must exceed.
    if (request.status === 429) await check(setting.port, { ...request, status: 200 }).catch(() => undefined);
    await check(setting.port, request);
    running.pause();
  }
  return rows;
}

async function load({ running, request }: Entrant, { generator }: Run, seconds: number): Promise<Round> {
  running.resume();
  await wait(SETTLE_MS);
  const before = running.cpuMicroseconds();
  const figures = await generator.run(running.port, request, seconds);
  running.pause();
  return { ...figures, cpuMicroseconds: (running.cpuMicroseconds() - before) / figures.requests };
}

function summarize(
  { name, running }: Entrant,
  rounds: readonly { readonly round: Round; readonly ratio: number }[],
): Measured {
  const of = (pick: (round: Round) => number) => median(rounds.map(({ round }) => pick(round)));
  const ratios = rounds.map(({ ratio }) => ratio);
  return {
    name,
    ratio: { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) },
    perSecond: of(({ perSecond }) => perSecond),
    p50Ms: of(({ p50Ms }) => p50Ms),
    p99Ms: of(({ p99Ms }) => p99Ms),
    cpuMicroseconds: of(({ cpuMicroseconds }) => cpuMicroseconds),
    residentMb: running.residentMb(),
    startedMs: running.startedMs,
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
