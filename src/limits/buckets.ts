import type { Ticks } from "../lib/time/clock.ts";
import { levelAt } from "./gcra.ts";
import type { Limit } from "./limit.ts";

/**
 * The levels of one limit, each under the id of whoever it counts. A million of them are two arrays of numbers and one
 * table of ids; an object for each would take four times the memory.
 */
export type Buckets = {
  /** What is left of a level by `now`; 0 for whoever is not there. */
  readonly levelOf: (id: string, now: Ticks) => number;
  /** @returns whether this is one more bucket than before. */
  readonly fill: (id: string, level: number, now: Ticks) => boolean;
  /** Forgets it if it has run empty by `now`: that is no different from one that was never there. */
  readonly forgetIfEmpty: (id: string, now: Ticks) => void;
  readonly ids: () => IterableIterator<string>;
  readonly size: () => number;
};

const FIRST_CAPACITY = 16;

export function createBuckets(limit: Limit): Buckets {
  const slots = new Map<string, number>();
  const free: number[] = [];
  let levels = new Float64Array(FIRST_CAPACITY);
  let times = new Float64Array(FIRST_CAPACITY);
  const state = { level: 0, at: 0 };

  const levelIn = (slot: number, now: Ticks) => {
    // One object for all: this runs for every limit of every request.
    state.level = levels[slot] ?? 0;
    state.at = times[slot] ?? 0;
    return levelAt(limit, state, now);
  };

  const takeSlot = () => {
    const slot = free.pop() ?? slots.size;
    if (slot < levels.length) return slot;
    levels = grown(levels);
    times = grown(times);
    return slot;
  };

  return {
    levelOf: (id, now) => {
      const slot = slots.get(id);
      return slot === undefined ? 0 : levelIn(slot, now);
    },
    fill: (id, level, now) => {
      const known = slots.get(id);
      const slot = known ?? takeSlot();
      if (known === undefined) slots.set(id, slot);
      levels[slot] = level;
      times[slot] = now;
      return known === undefined;
    },
    forgetIfEmpty: (id, now) => {
      const slot = slots.get(id);
      if (slot === undefined || levelIn(slot, now) > 0) return;
      slots.delete(id);
      free.push(slot);
    },
    ids: () => slots.keys(),
    size: () => slots.size,
  };
}

function grown(before: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const after = new Float64Array(before.length * 2);
  after.set(before);
  return after;
}
