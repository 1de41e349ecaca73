import type { Clock } from "../time/clock.ts";
import type { Log } from "./log.ts";

type Level = "info" | "warn";

export type SparingLog = Readonly<Record<Level, (fields: object, message: string) => void>>;

const WINDOW_MS = 1_000;
const MOST_LINES = 50;

/**
 * A log for what strangers can cause as often as they like: of lines with the same message it writes the first ones of each
 * second, and says how many it has left out.
 */
export function createSparingLog(log: Pick<Log, Level>, clock: Clock, mostLines = MOST_LINES): SparingLog {
  let window = Number.NaN;
  const counts = new Map<string, { readonly level: Level; lines: number }>();

  const startWindow = (next: number) => {
    for (const [message, { level, lines }] of counts)
      if (lines > mostLines)
        log[level]({ suppressed: lines - mostLines }, `more like this were not logged: ${message}`);
    counts.clear();
    window = next;
  };

  /** Ends `past`, unless another one has begun. */
  const endWindow = (past: number) => {
    if (window === past) startWindow(Number.NaN);
  };

  const write = (level: Level, fields: object, message: string) => {
    const current = Math.floor(clock.now() / WINDOW_MS);
    if (current !== window) startWindow(current);
    const count = counts.get(message) ?? { level, lines: 0 };
    counts.set(message, count);
    count.lines++;
    if (count.lines <= mostLines) log[level](fields, message);
    // Where nothing more comes, what was left out is said all the same.
    else if (count.lines === mostLines + 1) setTimeout(() => endWindow(current), WINDOW_MS).unref();
  };

  return {
    info: (fields, message) => write("info", fields, message),
    warn: (fields, message) => write("warn", fields, message),
  };
}
