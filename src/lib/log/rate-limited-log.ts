import type { Clock } from "../time/clock.ts";
import type { Log } from "./log.ts";

type Level = "info" | "warn";

export type RateLimitedLog = Readonly<Record<Level, (fields: object, message: string) => void>>;

const WINDOW_MS = 1_000;
const MAX_LINES = 50;

/**
 * A log for events that unknown callers can cause at any rate. Of the lines with the same message it writes the first
 * `maxLines` of each second, then how many were suppressed.
 */
export function createRateLimitedLog(log: Pick<Log, Level>, clock: Clock, maxLines = MAX_LINES): RateLimitedLog {
  let window = Number.NaN;
  const counts = new Map<string, { readonly level: Level; lines: number }>();

  const startWindow = (next: number) => {
    for (const [message, { level, lines }] of counts) {
      if (lines > maxLines) {
        log[level]({ suppressed: lines - maxLines }, `more like this were not logged: ${message}`);
      }
    }
    counts.clear();
    window = next;
  };

  /** Ends the window `past`, unless a later one has begun. */
  const endWindow = (past: number) => {
    if (window === past) startWindow(Number.NaN);
  };

  const write = (level: Level, fields: object, message: string) => {
    const current = Math.floor(clock.now() / WINDOW_MS);
    if (current !== window) startWindow(current);
    const count = counts.get(message) ?? { level, lines: 0 };
    counts.set(message, count);
    count.lines++;
    if (count.lines <= maxLines) log[level](fields, message);
    // A timer reports the suppressed lines even if no further line follows.
    else if (count.lines === maxLines + 1) setTimeout(() => endWindow(current), WINDOW_MS).unref();
  };

  return {
    info: (fields, message) => write("info", fields, message),
    warn: (fields, message) => write("warn", fields, message),
  };
}
