/** Gives the bytes back. */
export type Release = () => void;

/** The memory that all bodies together may take while they are read and handled. */
export type BodyBudget = {
  /**
   * Takes `bytes` of it for `holder`, or waits until they are free. One holder gets at most half.
   * @returns undefined when they do not become free in time.
   */
  readonly reserve: (bytes: number, holder: string) => Release | Promise<Release | undefined>;
};

type Waiting = {
  readonly bytes: number;
  readonly holder: string;
  readonly settle: (release: Release | undefined) => void;
};

/** Further requests are refused at once. */
const MOST_WAITING = 1_000;

const WAIT_MS = 5_000;

export function createBodyBudget(totalBytes: number, waitMs = WAIT_MS): BodyBudget {
  const waiting = new Set<Waiting>();
  const heldBy = new Map<string, number>();
  let freeBytes = totalBytes;

  const fits = (bytes: number, holder: string) => {
    const held = heldBy.get(holder) ?? 0;
    return bytes <= freeBytes && (held === 0 || held + bytes <= totalBytes / 2);
  };

  const take = (bytes: number, holder: string): Release => {
    freeBytes -= bytes;
    heldBy.set(holder, (heldBy.get(holder) ?? 0) + bytes);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      freeBytes += bytes;
      const left = (heldBy.get(holder) ?? 0) - bytes;
      if (left > 0) heldBy.set(holder, left);
      else heldBy.delete(holder);
      admitWaiting();
    };
  };

  const admitWaiting = () => {
    for (const one of waiting) if (fits(one.bytes, one.holder)) one.settle(take(one.bytes, one.holder));
  };

  const wait = (bytes: number, holder: string) =>
    new Promise<Release | undefined>((resolve) => {
      const timer = setTimeout(() => one.settle(undefined), waitMs).unref();
      const one: Waiting = {
        bytes,
        holder,
        settle: (release) => {
          clearTimeout(timer);
          waiting.delete(one);
          resolve(release);
        },
      };
      waiting.add(one);
    });

  return {
    reserve: (bytes, holder) => {
      // One that is larger than everything would wait for ever.
      const taken = Math.min(bytes, totalBytes);
      if (fits(taken, holder)) return take(taken, holder);
      return waiting.size < MOST_WAITING ? wait(taken, holder) : Promise.resolve(undefined);
    },
  };
}
