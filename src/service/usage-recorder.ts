import { setImmediate as pause } from "node:timers/promises";
import { repeat } from "../lib/async/repeat.ts";
import type { Log } from "../lib/log/log.ts";
import { systemTicks } from "../lib/time/clock.ts";
import type { Database } from "../store/database/schema.ts";
import { writeDecisions } from "../store/decisions.ts";
import { addViolations } from "../store/request-violations.ts";
import { appendUsage } from "../store/usage/journal.ts";
import { type Batch, requestsOf, splitBatch } from "../usage/batch.ts";
import { createDecisions, type Decisions } from "../usage/decision.ts";
import type { UsageEvent } from "../usage/event.ts";
import { createMeter, type Meter } from "../usage/meter.ts";
import { createViolations, type Violations } from "../usage/violations.ts";
import type { Writer } from "./orderly-stop.ts";

/** Counts the responses of this process and writes the counts to the store. `unwritten` counts responses. */
export type UsageRecorder = Writer & {
  readonly meter: Meter;
  readonly decisions: Decisions;
  readonly violations: Violations;
  /** Milliseconds since counts were last written. */
  readonly flushLagMs: () => number;
};

type UsageRecorderDeps = {
  readonly db: Database;
  readonly log: Log;
  /** Called for every response. */
  readonly onResponse: (event: UsageEvent) => void;
};

export function startUsageRecorder({ db, log, onResponse }: UsageRecorderDeps): UsageRecorder {
  const meter = observed(createMeter(), onResponse);
  const decisions = createDecisions();
  const violations = createViolations();
  const flushViolations = createViolationsFlush(db, violations, log);
  const usage = createUsageFlush(db, meter);
  const flushes = [
    repeat(FLUSH_EVERY_MS, log, "usage cannot be written", () => usage.flush().then(noteFlush)),
    repeat(FLUSH_EVERY_MS, log, "decisions cannot be written", () => flushDecisions(db, decisions)),
    repeat(FLUSH_EVERY_MS, log, "violations of the contract cannot be written", flushViolations),
  ];
  let flushedAt = systemTicks.now();
  const noteFlush = () => {
    flushedAt = systemTicks.now();
  };
  return {
    meter,
    decisions,
    violations,
    flushLagMs: () => systemTicks.now() - flushedAt,
    stop: async () => {
      for (const flush of flushes) {
        await flush.stop();
        await flush.attempt();
      }
    },
    abandon: () => {
      for (const flush of flushes) flush.abandon();
    },
    unwritten: usage.unwritten,
  };
}

function observed(meter: Meter, onResponse: (event: UsageEvent) => void): Meter {
  return {
    ...meter,
    record: (event) => {
      onResponse(event);
      meter.record(event);
    },
  };
}

/** Including the time of a transaction, a process that is killed loses at most the last 250 ms of its counts. */
export const FLUSH_EVERY_MS = 200;

/** Rows that are written in one transaction: some milliseconds. */
const ROWS_AT_A_TIME = 2_500;

function createUsageFlush(db: Database, meter: Meter) {
  /** Taken from the meter and not yet written. */
  let pieces: Batch[] = [];
  return {
    /** Writes in small pieces, so that other writers get their turn. A failure gives the rest back to the meter. */
    flush: async () => {
      pieces = [...splitBatch(meter.take(), ROWS_AT_A_TIME)];
      try {
        for (let piece = pieces[0]; piece !== undefined; piece = pieces[0]) {
          await appendUsage(db, piece);
          pieces.shift();
          if (pieces.length > 0) await pause();
        }
      } catch (cause) {
        for (const piece of pieces) meter.restore(piece);
        pieces = [];
        throw cause;
      }
    },
    unwritten: () => pieces.reduce((sum, { rows }) => sum + requestsOf(rows), meter.pending()),
  };
}

/** Decisions that cannot be written are dropped: they only explain, nothing is counted from them. */
async function flushDecisions(db: Database, decisions: Decisions) {
  const taken = decisions.take();
  if (taken.length > 0) await writeDecisions(db, taken);
}

/** Kinds of violations that a process logs. */
const MOST_LOGGED = 200;

/** Writes violations, and logs each kind once. Those that cannot be written are dropped: nothing is decided by them. */
function createViolationsFlush(db: Database, violations: Violations, log: Log) {
  const logged = new Set<string>();
  return async () => {
    const taken = violations.take();
    if (taken.length === 0) return;
    for (const { operation, pointer, detail, example } of taken) {
      const kind = JSON.stringify([operation, pointer, detail]);
      if (logged.has(kind) || logged.size >= MOST_LOGGED) continue;
      logged.add(kind);
      log.warn({ operation, pointer, detail, example }, "a request does not match the contract, and was passed on");
    }
    await addViolations(db, taken);
  };
}
