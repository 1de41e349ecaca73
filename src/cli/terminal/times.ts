import { type Instant, toTimestamp } from "../../lib/time/clock.ts";
import { toRelative } from "./relative-time.ts";
import type { Screen } from "./screen.ts";
import type { TableOptions } from "./table.ts";

/** How a command writes times: for people at a terminal as they are seen from now, elsewhere exactly. */
export type Times = {
  /** In a table, where there is little room. */
  readonly inCell: (at: Instant) => string;
  /** In a sheet, where both fit. */
  readonly inSheet: (at: Instant) => string;
};

export function createTimes({ columns }: Screen, now: Instant, { wide }: TableOptions = {}): Times {
  const isTerminal = columns !== undefined;
  return {
    inCell: (at) => (isTerminal && !wide ? toRelative(at, now) : toTimestamp(at)),
    inSheet: (at) => (isTerminal ? `${toTimestamp(at)} (${toRelative(at, now)})` : toTimestamp(at)),
  };
}
