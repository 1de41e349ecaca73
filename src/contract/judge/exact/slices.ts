import {
  type Chunk,
  type Instance,
  isCollecting,
  MAX_VIOLATIONS,
  type Run,
  type Slices,
  type Violation,
} from "./evaluation.ts";

/** Thrown where a slice ends. */
export const INTERRUPTED: unique symbol = Symbol("interrupted");

export function createSlices(most: number): Slices {
  return { steps: 0, most, repeated: undefined, kept: new Map(), names: new Map() };
}

/** The names of the properties of an object. */
export function namesIn({ slices }: Run, value: object): readonly string[] {
  const names = slices?.names.get(value) ?? Object.keys(value);
  if (names.length > STEPS_PER_CHUNK) slices?.names.set(value, names);
  return names;
}

/** Work that takes as long as `steps` schemas. */
export function countSteps({ slices }: Run, steps: number) {
  if (slices !== undefined) slices.steps += steps;
}

/** A slice can only end where this many steps are kept. */
const STEPS_PER_CHUNK = 200;

/** A keyword that looks at each part of a list or an object. Its identity tells what has been kept. */
export type PartsKeyword = { readonly name: string };

/** @param found gets what is to be known of each part. Returns whether the part is admitted. */
type Visit = (index: number, found: unknown[]) => boolean;

/** Whether all parts are admitted. All are evaluated while violations are collected. */
export function everyPart(one: Instance, keyword: PartsKeyword, count: number, isAdmitted: Visit): boolean {
  return visitParts(one, keyword, count, isAdmitted).isValid;
}

/** What `visit` finds in all parts. */
export function visitParts(one: Instance, keyword: PartsKeyword, count: number, visit: Visit) {
  const { slices } = one.run;
  if (slices === undefined || typeof one.value !== "object" || one.value === null)
    return visitChunk(one.run, { start: 0, count }, visit);
  // What is found where violations are collected differs from what is found where only the verdict counts.
  const kept = keptChunks(slices, one.run.violations === undefined ? keyword : collectingTwin(keyword), one.value);
  return visitInChunks(one.run, slices, { kept, count }, visit);
}

const TWINS = new WeakMap<PartsKeyword, PartsKeyword>();

function collectingTwin(keyword: PartsKeyword): PartsKeyword {
  const twin = TWINS.get(keyword) ?? { name: keyword.name };
  TWINS.set(keyword, twin);
  return twin;
}

function keptChunks({ kept }: Slices, keyword: PartsKeyword, value: object): Map<number, Chunk> {
  const ofKeyword = kept.get(keyword) ?? new Map<object, Map<number, Chunk>>();
  kept.set(keyword, ofKeyword);
  const ofValue = ofKeyword.get(value) ?? new Map<number, Chunk>();
  ofKeyword.set(value, ofValue);
  return ofValue;
}

type Kept = { readonly kept: Map<number, Chunk>; readonly count: number };

function visitInChunks(run: Run, slices: Slices, { kept, count }: Kept, visit: Visit): Omit<Chunk, "violations"> {
  const chunks: Chunk[] = [];
  let isValid = true;
  let index = 0;
  while (index < count) {
    const chunk = kept.get(index) ?? keepChunk(run, slices, { kept, count, start: index }, visit);
    chunks.push(chunk);
    for (const violation of chunk.violations) {
      if (run.violations !== undefined && run.violations.length < MAX_VIOLATIONS) run.violations.push(violation);
    }
    index = chunk.end;
    if (chunk.isValid) continue;
    isValid = false;
    if (!isCollecting(run)) break;
  }
  return { end: index, isValid, found: chunks.flatMap(({ found }) => found) };
}

function keepChunk(run: Run, slices: Slices, { kept, count, start }: Kept & { start: number }, visit: Visit): Chunk {
  const outer = run.violations;
  const violations: Violation[] = [];
  if (outer !== undefined) run.violations = violations;
  const last = slices.steps + STEPS_PER_CHUNK;
  const chunk = { ...visitChunk(run, { start, count, isFull: () => slices.steps >= last }, visit), violations };
  run.violations = outer;
  if (slices.steps < last) return chunk;
  kept.set(start, chunk);
  slices.repeated ??= last - STEPS_PER_CHUNK;
  // As much is new as was done again: deeply nested values must not take many times as long.
  if (slices.steps >= Math.max(slices.most, 2 * slices.repeated)) throw INTERRUPTED;
  return chunk;
}

type Range = { readonly start: number; readonly count: number; readonly isFull?: () => boolean };

function visitChunk(run: Run, { start, count, isFull }: Range, visit: Visit): Omit<Chunk, "violations"> {
  const found: unknown[] = [];
  let isValid = true;
  let index = start;
  while (index < count && !(index > start && isFull?.() === true)) {
    countSteps(run, 1);
    if (visit(index++, found)) continue;
    isValid = false;
    if (!isCollecting(run)) break;
  }
  return { end: index, isValid, found };
}
