import type { Instant } from "../lib/time/clock.ts";

/** Why a request was refused: for whoever runs the service, never for the caller. */
export type Decision = {
  readonly requestId: string;
  readonly at: Instant;
  readonly status: number;
  /** Of the problem. */
  readonly code: string;
  /** What the caller was told. */
  readonly detail: string;
  /** The step that refused it. */
  readonly check: Check;
  readonly method: string;
  /** The operationId; empty where none was found. */
  readonly operation: string;
  /** 1-based, in the contract's file: what asked for what was not there; 0 where there is no operation. */
  readonly line: number;
  readonly clientId: string;
  readonly keyId: string;
  readonly address: string;
};

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

/** The last ones, in memory until they are written. */
export type Decisions = {
  readonly record: (decision: Decision) => void;
  /** Takes what was not written yet. */
  readonly take: () => readonly Decision[];
};

/** So many between two writes; in a flood nobody misses those before them, and writing a thousand took ten milliseconds. */
const MOST_WAITING = 250;

/** Those about keys of ours wait apart from the others: no stranger can push them out. */
export function createDecisions(mostWaiting = MOST_WAITING): Decisions {
  const [ofKeys, ofStrangers] = [lastOf<Decision>(mostWaiting), lastOf<Decision>(mostWaiting)];
  return {
    record: (decision) => (isOfKey(decision) ? ofKeys : ofStrangers).add(decision),
    take: () => [...ofKeys.take(), ...ofStrangers.take()],
  };
}

/** Is it about a request with a key of ours, good or not? */
export function isOfKey({ keyId }: Pick<Decision, "keyId">): boolean {
  return keyId !== "";
}

function lastOf<T>(most: number) {
  let waiting: T[] = [];
  return {
    add: (one: T) => {
      waiting.push(one);
      if (waiting.length >= 2 * most) waiting = waiting.slice(-most);
    },
    take: (): readonly T[] => {
      const taken = waiting.slice(-most);
      waiting = [];
      return taken;
    },
  };
}
