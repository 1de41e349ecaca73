import type { Log } from "../../lib/log/log.ts";
import { createSlots } from "../../lib/slots.ts";

/** Whether the key behind a stream is still admitted; `unknown` while the store does not respond. */
export type StreamAdmission = "admitted" | "refused" | "unknown";

/** A response that is being passed on, or a WebSocket: it may last for days. */
export type OpenStream = {
  readonly requestId: string;
  readonly admission: () => StreamAdmission | Promise<StreamAdmission>;
  /** Ends it, because its key is not admitted any more. */
  readonly refuse: () => void;
  /** Called about once a second. */
  readonly check?: () => void;
  /** Ends it, because the service stops. Without it, the stream may end by itself. */
  readonly goAway?: () => void;
};

export type OpenStreams = {
  /** @returns what removes it again. */
  readonly add: (stream: OpenStream) => () => void;
  /** How many of them would outlive the service: WebSockets. */
  readonly countTunnels: () => number;
  /** Looks at all streams once. */
  readonly check: () => Promise<void>;
  /** Ends those that would otherwise outlive the service. From now on, no others may begin. */
  readonly goAway: () => void;
  readonly isGoingAway: () => boolean;
  readonly close: () => void;
};

export const CHECK_EVERY_MS = 1_000;

/** How often in a row it may be unknown whether a key is admitted, before its stream is ended. */
const MOST_UNKNOWN = 10;

/** `unknown`: how often in a row. */
type Entry = { readonly stream: OpenStream; unknown: number; isRefused: boolean };

/**
 * The open streams of a process. The key of each is checked every second, so that none outlives its key for long. One
 * timer serves all of them.
 */
export function trackOpenStreams(log: Log): OpenStreams {
  const entries = createSlots<Entry>();
  let isGoingAway = false;

  const judge = (entry: Entry, admission: StreamAdmission) => {
    entry.unknown = admission === "unknown" ? entry.unknown + 1 : 0;
    if (entry.isRefused || (admission !== "refused" && entry.unknown < MOST_UNKNOWN)) return;
    entry.isRefused = true;
    log.info({ requestId: entry.stream.requestId }, "a stream was ended: its key is not admitted any more");
    entry.stream.refuse();
  };

  const check = async () => {
    const waiting: Promise<void>[] = [];
    for (const entry of entries.items()) {
      entry.stream.check?.();
      if (entry.isRefused) continue;
      const admission = entry.stream.admission();
      if (typeof admission === "string") judge(entry, admission);
      else waiting.push(admission.then((one) => judge(entry, one)));
    }
    await Promise.all(waiting);
  };

  const timer = setInterval(() => void check(), CHECK_EVERY_MS).unref();
  return {
    add: (stream) => entries.add({ stream, unknown: 0, isRefused: false }),
    countTunnels: () => entries.items().filter(({ stream }) => stream.goAway !== undefined).length,
    check,
    goAway: () => {
      isGoingAway = true;
      for (const { stream } of entries.items()) stream.goAway?.();
    },
    isGoingAway: () => isGoingAway,
    close: () => clearInterval(timer),
  };
}
