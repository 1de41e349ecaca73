import type { OpeningTimes } from "./opening.ts";
import type { StartTimes } from "./service-run.ts";

/** The results of a run. */
export type RunSummary = {
  readonly seed: number;
  readonly acknowledged: number;
  readonly inFlight: number;
  /** How many of those in flight were carried out. */
  readonly happened: number;
  readonly keys: number;
  readonly afterKill: readonly StartTimes[];
  readonly afterStop: readonly StartTimes[];
  readonly openings: readonly OpeningTimes[];
  /** How many secrets were presented, by response. */
  readonly responses: ReadonlyMap<string, number>;
};

const STOPPED = "                                    after a stop";

/**
 * Times for people to read: no test checks them, because machines differ. The cost of a crash is the difference between
 * the two rows of a pair; the rest is the cost of any start.
 */
export function toReport(summary: RunSummary): string {
  const { afterKill, afterStop, openings, responses } = summary;
  const sinceStart = ({ servedMs }: StartTimes) => servedMs;
  const untilOpen = ({ openMs }: StartTimes) => openMs;
  const rows = [
    ["from start to first response,       after a kill", afterKill.map(sinceStart)],
    [STOPPED, afterStop.map(sinceStart)],
    ["  of it until the database is open, after a kill", afterKill.map(untilOpen)],
    [STOPPED, afterStop.map(untilOpen)],
    ["  of it from there on,              after a kill", afterKill.map(sinceOpen)],
    [STOPPED, afterStop.map(sinceOpen)],
    ["opening the same database alone,    after a kill", openings.map(({ killedMs }) => killedMs)],
    [STOPPED, openings.map(({ closedMs }) => closedMs)],
  ] as const;
  return `
kill -9, ${afterKill.length} times, CRASH_SEED=${summary.seed}
  ${summary.acknowledged} actions acknowledged, ${summary.keys} keys at the end
  ${summary.inFlight} actions in flight at a kill, ${summary.happened} of them were carried out
  presented: ${[...responses].map(([response, count]) => `${count} × ${response}`).join(", ")}
${rows.map(([name, times]) => `  ${toRow(name, times)}\n`).join("")}`;
}

function sinceOpen({ openMs, servedMs }: StartTimes): number {
  return servedMs - openMs;
}

function toRow(name: string, times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1).padStart(7);
  if (times.length === 0) return `${name}:  never`;
  return `${name}:  min ${at(0)}  median ${at(0.5)}  max ${at(1)} ms  (${sorted.length})`;
}
