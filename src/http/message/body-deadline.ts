/** How long a body may take that is read here. Larger ones get more time: see `MINIMUM_BYTES_PER_SECOND`. */
const GRACE_MS = 5_000;

/** What a larger body has to reach on average, after the first seconds. */
export const MINIMUM_BYTES_PER_SECOND = 20_000;

/** Watches a body that is arriving. */
export type BodyDeadline = {
  readonly received: (bytes: number) => void;
  readonly stop: () => void;
};

/** Calls `onLate`, once, when a body comes too slowly. @param graceMs the time that every body has. */
export function createBodyDeadline(onLate: () => void, graceMs = GRACE_MS): BodyDeadline {
  let bytes = 0;
  let allowedMs = graceMs;
  let timer = setTimeout(check, graceMs);
  timer.unref();

  function check() {
    const moreMs = graceMs + (bytes / MINIMUM_BYTES_PER_SECOND) * 1_000 - allowedMs;
    if (moreMs <= 0) return onLate();
    allowedMs += moreMs;
    timer = setTimeout(check, moreMs).unref();
  }

  return {
    received: (more) => {
      bytes += more;
    },
    stop: () => clearTimeout(timer),
  };
}
