import type { Log } from "../../lib/log/log.ts";

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
type State = { unknown: number; isRefused: boolean };

/**
 * The open streams of a process. The key of each is checked every second, so that none outlives its key for long. One
 * timer serves all of them.
 */
export function trackOpenStreams(log: Log): OpenStreams {
  const streams = new Map<OpenStream, State>();
  let isGoingAway = false;

  const judge = (stream: OpenStream, state: State, admission: StreamAdmission) => {
    state.unknown = admission === "unknown" ? state.unknown + 1 : 0;
    if (state.isRefused || (admission !== "refused" && state.unknown < MOST_UNKNOWN)) return;
    state.isRefused = true;
    log.info({ requestId: stream.requestId }, "a stream was ended: its key is not admitted any more");
    stream.refuse();
  };

  const check = async () => {
    const waiting: Promise<void>[] = [];
    for (const [stream, state] of streams) {
      stream.check?.();
      if (state.isRefused) continue;
      const admission = stream.admission();
      if (typeof admission === "string") judge(stream, state, admission);
      else waiting.push(admission.then((one) => judge(stream, state, one)));
    }
    await Promise.all(waiting);
  };

  const timer = setInterval(() => void check(), CHECK_EVERY_MS).unref();
  return {
    add: (stream) => {
      streams.set(stream, { unknown: 0, isRefused: false });
      return () => void streams.delete(stream);
    },
    countTunnels: () => [...streams.keys()].filter((stream) => stream.goAway !== undefined).length,
    check,
    goAway: () => {
      isGoingAway = true;
      for (const stream of [...streams.keys()]) stream.goAway?.();
    },
    isGoingAway: () => isGoingAway,
    close: () => clearInterval(timer),
  };
}
