import type { Instant } from "../lib/time/clock.ts";

/** Why a request was refused: for operators, never for the caller. */
export type Decision = {
  readonly requestId: string;
  readonly at: Instant;
  readonly status: number;
  /** The code of the problem. */
  readonly code: string;
  /** What the caller was told. */
  readonly detail: string;
  /** The stage that refused it. */
  readonly check: Check;
  readonly method: string;
  /** The operationId; empty if no operation matched. */
  readonly operation: string;
  /** The line of the contract (1-based) with the requirement that was not met; 0 if no operation matched. */
  readonly line: number;
  readonly clientId: string;
  readonly keyId: string;
  readonly address: string;
};

/** The stages that can refuse a request, in the order of the pipeline. */
export const CHECKS = [
  "message",
  "match",
  "identify",
  "authorize",
  "limit",
  "body",
  "validate",
  "handle",
  "upstream",
] as const;

export type Check = (typeof CHECKS)[number];

/** The latest decisions, in memory until they are written. */
export type Decisions = {
  readonly record: (decision: Decision) => void;
  /** Takes the decisions that have not been written. */
  readonly take: () => readonly Decision[];
};

/**
 * Decisions kept between two writes: in a flood the earlier ones are not missed, and writing a thousand takes 10 ms.
 */
const MAX_WAITING = 250;

/** Decisions about known keys wait separately, so that a flood from unknown callers cannot push them out. */
export function createDecisions(maxWaiting = MAX_WAITING): Decisions {
  const [ofKeys, others] = [createLatest<Decision>(maxWaiting), createLatest<Decision>(maxWaiting)];
  return {
    record: (decision) => (isOfKey(decision) ? ofKeys : others).add(decision),
    take: () => [...ofKeys.take(), ...others.take()],
  };
}

/** Is it about a request with a key that was issued here, valid or not? */
export function isOfKey({ keyId }: Pick<Decision, "keyId">): boolean {
  return keyId !== "";
}

/** Keeps the latest `maxItems` items until they are taken. */
function createLatest<T>(maxItems: number) {
  let waiting: T[] = [];
  return {
    add: (item: T) => {
      waiting.push(item);
      if (waiting.length >= 2 * maxItems) waiting = waiting.slice(-maxItems);
    },
    take: (): readonly T[] => {
      const taken = waiting.slice(-maxItems);
      waiting = [];
      return taken;
    },
  };
}
