import { toPrintableLine } from "../../lib/log/printable.ts";
import { systemTicks, type TickSource } from "../../lib/time/clock.ts";
import { toBar } from "./bars.ts";
import { cut } from "./painted.ts";

/** Shows `line` in place of the one before; undefined removes it. Only where the errors go to a terminal. */
export type ShowProgress = (line: string | undefined) => void;

/** How far the work is: `done` of `total` in any unit. */
export type Report = (done: number, total: number) => void;

export type Progress = {
  readonly report: Report;
  /** Removes the line while `ask` waits for a person. */
  readonly whileAsking: <T>(ask: () => Promise<T>) => Promise<T>;
};

type ProgressDeps = {
  readonly showProgress?: ShowProgress | undefined;
  /** The work leaves no time for a timer, so its line is shown from the start. Default: false. */
  readonly isBlocking?: boolean;
  readonly ticks?: TickSource;
};

/** Work that is done by then shows nothing. */
const PATIENCE_MS = 1000;
const REFRESH_MS = 125;
const MOST_COLUMNS = 78;
const SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

/** Runs `work`. Once that takes longer than a second, a line at the terminal says how far it is, until it ends. */
export async function withProgress<T>(
  { showProgress, isBlocking = false, ticks = systemTicks }: ProgressDeps,
  title: string,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  if (showProgress === undefined) return work({ report: () => {}, whileAsking: (ask) => ask() });
  const line = createLine(title, showProgress, ticks, isBlocking ? 0 : PATIENCE_MS);
  line.refresh();
  const timer = setInterval(line.refresh, REFRESH_MS);
  timer.unref();
  try {
    return await work(line);
  } finally {
    clearInterval(timer);
    line.remove();
  }
}

/** @param patienceMs after how long the line appears. */
function createLine(title: string, show: ShowProgress, ticks: TickSource, patienceMs: number) {
  const startedAt = ticks.now();
  let shownAt = startedAt;
  let share: number | undefined;
  let isAsking = false;
  let isShown = false;

  const refresh = () => {
    const now = ticks.now();
    if (isAsking || now - startedAt < patienceMs || (isShown && now - shownAt < REFRESH_MS)) return;
    shownAt = now;
    isShown = true;
    show(lineOf(title, share, now - startedAt));
  };
  const remove = () => {
    if (isShown) show(undefined);
    isShown = false;
  };
  return {
    refresh,
    remove,
    // Work that does not yield to the timer still shows its line.
    report: (done: number, total: number) => {
      share = total > 0 ? Math.min(1, done / total) : undefined;
      refresh();
    },
    whileAsking: async <A>(ask: () => Promise<A>): Promise<A> => {
      remove();
      isAsking = true;
      return ask().finally(() => {
        isAsking = false;
      });
    },
  };
}

function lineOf(title: string, share: number | undefined, elapsedMs: number): string {
  const spinner = SPINNER[Math.floor(elapsedMs / REFRESH_MS) % SPINNER.length] ?? "";
  const seconds = `${Math.floor(elapsedMs / 1000)} s`;
  const bar =
    share === undefined ? "" : `${toBar(share, 1).padEnd(30)} ${String(Math.floor(share * 100)).padStart(3)} %  `;
  const rest = `  ${bar}${seconds}`;
  return `${spinner} ${cut(toPrintableLine(title), MOST_COLUMNS - rest.length - 2)}${rest}`;
}
