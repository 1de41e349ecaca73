import type { Ticks } from "../lib/time/clock.ts";
import { levelAt } from "./gcra.ts";
import type { Limit } from "./limit.ts";

/**
 * The leaky buckets of one limit, by the id of the key, client or address that each counts. Levels and times are kept
 * in two arrays of numbers, because a million buckets as objects would take four times the memory.
 */
export type Buckets = {
  /** The level of a bucket at `now`; 0 if the bucket does not exist. */
  readonly levelOf: (id: string, now: Ticks) => number;
  /** Sets the level of a bucket. @returns whether the bucket is new. */
  readonly fill: (id: string, level: number, now: Ticks) => boolean;
  /** Removes a bucket that is empty at `now`: it behaves like one that does not exist. */
  readonly forgetIfEmpty: (id: string, now: Ticks) => void;
  readonly ids: () => IterableIterator<string>;
  readonly size: () => number;
};

const FIRST_CAPACITY = 16;

export function createBuckets(limit: Limit): Buckets {
  const slots = createSlots();
  let levels = new Float64Array(FIRST_CAPACITY);
  let times = new Float64Array(FIRST_CAPACITY);
  // Reused, because this runs for every limit of every request.
  const state = { level: 0, at: 0 };

  const levelIn = (slot: number, now: Ticks) => {
    state.level = levels[slot] ?? 0;
    state.at = times[slot] ?? 0;
    return levelAt(limit, state, now);
  };

  return {
    levelOf: (id, now) => {
      const slot = slots.find(id);
      return slot === undefined ? 0 : levelIn(slot, now);
    },
    fill: (id, level, now) => {
      const known = slots.find(id);
      const slot = known ?? slots.add(id);
      if (slot >= levels.length) [levels, times] = [grown(levels), grown(times)];
      levels[slot] = level;
      times[slot] = now;
      return known === undefined;
    },
    forgetIfEmpty: (id, now) => {
      const slot = slots.find(id);
      if (slot !== undefined && levelIn(slot, now) === 0) slots.remove(id, slot);
    },
    ids: slots.ids,
    size: slots.size,
  };
}

/** Assigns an array index to each id, and reuses those of removed ids. */
function createSlots() {
  const slots = new Map<string, number>();
  const free: number[] = [];
  return {
    find: (id: string) => slots.get(id),
    add: (id: string): number => {
      const slot = free.pop() ?? slots.size;
      slots.set(id, slot);
      return slot;
    },
    remove: (id: string, slot: number) => {
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
