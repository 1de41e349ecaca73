import { setImmediate as pause } from "node:timers/promises";
import { createFailedKeyLimiter, type FailedKeyLimiter } from "../auth/failed-key-limiter.ts";
import { createRuleBook, type RuleBook } from "../auth/rule-book.ts";
import type { ContractTerms } from "../contract/model/contract-terms.ts";
import { repeat } from "../lib/async/repeat.ts";
import type { Log } from "../lib/log/log.ts";
import { systemTicks } from "../lib/time/clock.ts";
import type { Database } from "../store/database/schema.ts";
import { writeDecisions } from "../store/decisions.ts";
import { writeUsage } from "../store/usage.ts";
import { type Batch, requestsOf, splitBatch } from "../usage/batch.ts";
import { createDecisions, type Decisions } from "../usage/decision.ts";
import type { UsageEvent } from "../usage/event.ts";
import { createMeter, type Meter } from "../usage/meter.ts";

/** Everything that counts who calls how often. */
export type UsageRecorder = {
  readonly ruleBook: RuleBook;
  readonly failedKeys: FailedKeyLimiter;
  readonly meter: Meter;
  readonly decisions: Decisions;
  /** How long ago counts were last brought into the store, in milliseconds. */
  readonly flushLagMs: () => number;
  /** Brings what is counted and not yet stored into the store. */
  readonly stop: () => Promise<void>;
  /** Before the store is closed: what has not ended by then fails, and is not told. */
  readonly abandon: () => void;
  /** How many answers are counted and not stored: once everything has stopped, these are lost. */
  readonly unwritten: () => number;
};

export type UsageRecorderDeps = {
  readonly db: Database;
  readonly contract: ContractTerms;
  /** 0: any number. */
  readonly failedKeysPerMinute: number;
  readonly log: Log;
  /** Told every answer. */
  readonly onAnswer?: (event: UsageEvent) => void;
};

/** Counts what this process answers. */
export function startUsageRecorder({
  db,
  contract,
  failedKeysPerMinute,
  log,
  onAnswer,
}: UsageRecorderDeps): UsageRecorder {
  const meter = onAnswer === undefined ? createMeter() : overheard(createMeter(), onAnswer);
  const decisions = createDecisions();
  const usage = createUsageFlush(db, meter);
  const flushes = [
    repeat(FLUSH_EVERY_MS, log, "usage cannot be written", () => usage.flush().then(noteFlush)),
    repeat(FLUSH_EVERY_MS, log, "decisions cannot be written", () => flushDecisions(db, decisions)),
  ];
  let flushedAt = systemTicks.now();
  const noteFlush = () => {
    flushedAt = systemTicks.now();
  };
  return {
    meter,
    decisions,
    flushLagMs: () => systemTicks.now() - flushedAt,
    ruleBook: createRuleBook(contract.policy, contract.operations),
    failedKeys: createFailedKeyLimiter({ ticks: systemTicks, perMinute: failedKeysPerMinute }),
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

function overheard(meter: Meter, onAnswer: (event: UsageEvent) => void): Meter {
  return {
    ...meter,
    record: (event) => {
      onAnswer(event);
      meter.record(event);
    },
  };
}

/** With the time that a transaction takes, a process that is killed loses no more than 250 ms of what it counted. */
export const FLUSH_EVERY_MS = 200;

function createUsageFlush(db: Database, meter: Meter) {
  /** Taken from the meter, and not written yet. */
  let pieces: Batch[] = [];
  return {
    /** Piece by piece, with others in between; what was not written is given back. */
    flush: async () => {
      pieces = [...splitBatch(meter.take())];
      try {
        for (let piece = pieces[0]; piece !== undefined; piece = pieces[0]) {
          await writeUsage(db, piece);
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

/** What cannot be written is let go: it explains, and nothing is counted by it. */
async function flushDecisions(db: Database, decisions: Decisions) {
  const taken = decisions.take();
  if (taken.length > 0) await writeDecisions(db, taken);
}
