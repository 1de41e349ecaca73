/** Time as this client sees it: how much passes, never what day it is. */
export type Clock = {
  /** Milliseconds that never run backwards; from when on they count means nothing. */
  readonly now: () => number;
  /** Lets so many milliseconds pass; rejects with the signal's reason as soon as it is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
};

export const systemClock: Clock = {
  now: () => performance.now(),
  // The signal is a request's own, and gone with it: nobody has to stop listening.
  wait: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const timer = setTimeout(resolve, ms);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    }),
};
