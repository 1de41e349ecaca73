import type { Instant } from "../lib/time/clock.ts";

/** A way in which requests do not match the contract. They were passed on nevertheless. */
export type Violation = {
  /** The operationId. */
  readonly operation: string;
  /** The part of the request, as in problem documents: `#/query/limit`, or `#/name` in the body. */
  readonly pointer: string;
  readonly detail: string;
};

export type ViolationCount = Violation & {
  readonly count: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** The latest such request, without its values. */
  readonly example: string;
};

/** Counts violations in memory until they are written. */
export type Violations = {
  /** @param example is called for the first violation of its kind since the last `take`. */
  readonly note: (violation: Violation, at: Instant, example: () => string) => void;
  /** Takes the counts that have not been written. */
  readonly take: () => readonly ViolationCount[];
  /** Violations since the start, by operation. */
  readonly totals: () => ReadonlyMap<string, number>;
};

/**
 * Kinds of violations that are told apart between two writes. Callers choose names that show up in pointers, so the number
 * of kinds has no limit of its own; those past this one are counted together.
 */
const MOST_KINDS = 200;

/** The pointer and detail of violations that are counted together. */
export const OTHER_VIOLATIONS = { pointer: "#", detail: "further violations, of more kinds than are told apart" };

export function createViolations(mostKinds = MOST_KINDS): Violations {
  let counts = new Map<string, ViolationCount>();
  const totals = new Map<string, number>();

  const add = (violation: Violation, at: Instant, example: () => string) => {
    const { operation, pointer, detail } = violation;
    const kind = JSON.stringify([operation, pointer, detail]);
    const known = counts.get(kind);
    if (known === undefined && counts.size >= mostKinds) return false;
    counts.set(kind, {
      operation,
      pointer,
      detail,
      count: (known?.count ?? 0) + 1,
      firstAt: known?.firstAt ?? at,
      lastAt: at,
      example: known?.example ?? example(),
    });
    return true;
  };

  return {
    note: (violation, at, example) => {
      const { operation } = violation;
      totals.set(operation, (totals.get(operation) ?? 0) + 1);
      if (add(violation, at, example)) return;
      const other = counts.get(otherKind(operation));
      counts.set(otherKind(operation), {
        operation,
        ...OTHER_VIOLATIONS,
        count: (other?.count ?? 0) + 1,
        firstAt: other?.firstAt ?? at,
        lastAt: at,
        example: "",
      });
    },
    take: () => {
      const taken = [...counts.values()];
      counts = new Map();
      return taken;
    },
    totals: () => totals,
  };
}

function otherKind(operation: string): string {
  return JSON.stringify([operation, OTHER_VIOLATIONS.pointer, OTHER_VIOLATIONS.detail]);
}
