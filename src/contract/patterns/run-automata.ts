import type { Automata, Automaton, Condition, Step } from "./automaton.ts";
import type { CharacterSet } from "./character-sets.ts";

/**
 * Tests whether a text matches a pattern somewhere, in a time that grows only with the length of the text: it follows all
 * ways through the pattern at once.
 */
export function compileAutomata({ looks, whole }: Automata): (text: string) => boolean {
  const runs = looks.map(createRun);
  const run = createRun(whole);
  return (text) => {
    const characters = charactersOf(text);
    const found: Uint8Array[] = [];
    const place = createPlace(characters, found);
    // The inner ones come first.
    for (const look of runs) {
      const at = new Uint8Array(characters.length + 1);
      look(characters, place, (index) => {
        at[index] = 1;
        return false;
      });
      found.push(at);
    }
    return run(characters, place, () => true);
  };
}

function charactersOf(text: string): Uint32Array {
  const characters = new Uint32Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.codePointAt(at) ?? 0;
    characters[length++] = character;
    if (character > 0xffff) at++;
  }
  return characters.subarray(0, length);
}

/** Is a condition met at a place of the text? */
type Place = (condition: Condition, at: number) => boolean;

function createPlace(characters: Uint32Array, found: readonly Uint8Array[]): Place {
  const isWord = (at: number) => WORD[characters[at] ?? 0x80] === 1;
  const isLineEnd = (at: number) => LINE_ENDS.has(characters[at] ?? 0);
  return (condition, at) => {
    switch (condition.kind) {
      case "start":
        return at === 0 || (condition.isOfLine && isLineEnd(at - 1));
      case "end":
        return at === characters.length || (condition.isOfLine && isLineEnd(at));
      case "word":
        return (isWord(at - 1) !== isWord(at)) !== condition.negate;
      default:
        return (found[condition.look]?.[at] === 1) !== condition.negate;
    }
  };
}

const WORD = Uint8Array.from({ length: 128 }, (_, code) => Number(/\w/.test(String.fromCharCode(code))));
const LINE_ENDS: ReadonlySet<number> = new Set([0x0a, 0x0d, 0x2028, 0x2029]);

/** @param onMatch called for each place where the automaton ends; true: nothing else matters. */
type Run = (characters: Uint32Array, place: Place, onMatch: (at: number) => boolean) => boolean;

// This runs for each character of a text and each step of a pattern, so everything is in lists of numbers.
function createRun(automaton: Automaton): Run {
  const { isForward, first, steps } = automaton;
  const { classOf, isIn } = createClasses(steps.flatMap((all) => all.map(({ characters }) => characters)));
  const isEnd = Uint8Array.from(automaton.isEnd, Number);
  const taking = toTable(steps, ({ characters, times }) => (characters && !times ? isIn(characters) : undefined));
  const asking = toTable(steps, ({ condition }) => condition);
  const counting = toTable(steps, ({ characters, times }) =>
    characters && times ? { set: isIn(characters), counter: createCounter(times) } : undefined,
  );
  const seen = new Int32Array(steps.length);
  let [states, before] = [new Int32Array(steps.length), new Int32Array(steps.length)];

  return (characters, place, onMatch) => {
    const { length } = characters;
    seen.fill(-1);
    for (const { counter } of counting.values) counter.clear();
    let [size, sizeBefore] = [0, 0];
    for (let count = 0; count <= length; count++) {
      const at = isForward ? count : length - count;
      [states, before, sizeBefore, size] = [before, states, size, 0];
      seen[first] = count;
      states[size++] = first;
      const letter = count === 0 ? 0 : classOf(characters[isForward ? at - 1 : at] ?? 0);
      for (let index = 0; index < sizeBefore; index++) {
        const state = before[index] ?? 0;
        for (let step = taking.begins[state] ?? 0; step < (taking.begins[state + 1] ?? 0); step++) {
          const to = taking.to[step] ?? 0;
          if (seen[to] === count || taking.values[step]?.[letter] !== 1) continue;
          seen[to] = count;
          states[size++] = to;
        }
      }
      for (let step = 0; step < counting.to.length; step++) {
        const to = counting.to[step] ?? 0;
        const found = counting.values[step];
        if (count === 0 || found?.set[letter] !== 1) found?.counter.clear();
        else if (found.counter.isWithin(count) && seen[to] !== count) {
          seen[to] = count;
          states[size++] = to;
        }
      }
      let isMatch = false;
      // Grows while it is read.
      for (let index = 0; index < size; index++) {
        const state = states[index] ?? 0;
        isMatch ||= isEnd[state] === 1;
        for (let step = asking.begins[state] ?? 0; step < (asking.begins[state + 1] ?? 0); step++) {
          const to = asking.to[step] ?? 0;
          const condition = asking.values[step];
          if (seen[to] === count || condition === undefined || !place(condition, at)) continue;
          seen[to] = count;
          states[size++] = to;
        }
        for (let step = counting.begins[state] ?? 0; step < (counting.begins[state + 1] ?? 0); step++)
          counting.values[step]?.counter.begin(count);
      }
      if (isMatch && onMatch(at)) return true;
    }
    return false;
  };
}

/** Steps of one kind: those of a state are from its place in `begins` to the next one. */
type Table<T> = { readonly begins: Int32Array; readonly to: Int32Array; readonly values: readonly T[] };

function toTable<T extends object>(steps: Automaton["steps"], toValue: (step: Step) => T | undefined): Table<T> {
  const begins = new Int32Array(steps.length + 1);
  const to: number[] = [];
  const values: T[] = [];
  for (const [state, all] of steps.entries()) {
    for (const step of all) {
      const value = toValue(step);
      if (value === undefined) continue;
      to.push(step.to);
      values.push(value);
    }
    begins[state + 1] = to.length;
  }
  return { begins, to: Int32Array.from(to), values };
}

/**
 * Counts repetitions of one character, of which several may have begun: where the oldest has not too many characters, it has
 * the most.
 */
function createCounter({ min, max }: { readonly min: number; readonly max: number }) {
  let begins: number[] = [];
  let oldest = 0;
  return {
    begin: (at: number) => void begins.push(at),
    clear: () => {
      if (begins.length === 0) return;
      begins = [];
      oldest = 0;
    },
    /** Has one of them, that goes on until here, a number of characters that is allowed? */
    isWithin: (at: number) => {
      while (oldest < begins.length && at - (begins[oldest] ?? 0) > max) oldest++;
      if (oldest > MANY && oldest * 2 > begins.length) {
        begins = begins.slice(oldest);
        oldest = 0;
      }
      return oldest < begins.length && at - (begins[oldest] ?? 0) >= min;
    },
  };
}

const MANY = 1_000;

/** Characters that no set tells apart are one class: a set is then a list of classes. */
function createClasses(sets: readonly (CharacterSet | undefined)[]) {
  const bounds = [...new Set(sets.flatMap((set) => (set ?? []).flatMap(([from, to]) => [from, to + 1])))].toSorted(
    (one, other) => one - other,
  );
  const search = (character: number) => {
    let [low, high] = [0, bounds.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((bounds[middle] ?? 0) <= character) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const ascii = Uint16Array.from({ length: 128 }, (_, character) => search(character));
  const known = new Map<CharacterSet, Uint8Array>();
  return {
    classOf: (character: number) => ascii[character] ?? search(character),
    isIn: (set: CharacterSet) => {
      const classes = known.get(set) ?? new Uint8Array(bounds.length + 1);
      known.set(set, classes);
      for (const [from, to] of set) classes.fill(1, search(from), search(to) + 1);
      return classes;
    },
  };
}
