import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { RateLimitedLog } from "../../lib/log/rate-limited-log.ts";

const CHECK_EVERY_MS = 1_000;

/** How patient the service is with clients that do not read their responses. */
export type ReaderLimits = {
  /** After this many checks without progress a connection is dropped in any case. */
  readonly mostIdleChecks: number;
  /** The same, while the readers that stand still hold too much. */
  readonly mostIdleChecksUnderPressure: number;
  /** What all of them together may hold: bytes of output in the memory of this process, and connections. */
  readonly mostIdleBytes: number;
  readonly mostIdleReaders: number;
};

/** @param maxConnections of the whole server. */
export function readerLimitsOf(maxConnections: number): ReaderLimits {
  return {
    mostIdleChecks: 300,
    mostIdleChecksUnderPressure: 4,
    mostIdleBytes: 67_108_864,
    mostIdleReaders: maxConnections / 2,
  };
}

/** What the operating system has taken of a connection's output, and for how many checks it has taken nothing more. */
export type Progress = { readonly flushedBytes: number; readonly idleChecks: number };

const UNSEEN: Progress = { flushedBytes: 0, idleChecks: 0 };

/** A reader that makes no progress. */
type IdleReader = { readonly socket: Socket; readonly idleChecks: number; readonly waitingBytes: number };

/**
 * Drops clients that do not read their responses: they hold a connection, and what the operating system does not take
 * stays in the memory of this process. An honest client may pause, and its progress comes in large steps, because the
 * system buffers up to some megabytes. So a pause may last minutes, unless the readers that stand still hold so much
 * together that others suffer; then those that have stood still for longest are dropped first.
 */
export function dropSlowReaders(server: Server, connectionEvent: string, limits: ReaderLimits, log: RateLimitedLog) {
  const readers = createReaderWatch(limits, log);
  server.on(connectionEvent, readers.watch);
  const timer = setInterval(readers.check, CHECK_EVERY_MS).unref();
  server.once("close", () => clearInterval(timer));
}

export function createReaderWatch(limits: ReaderLimits, log: RateLimitedLog) {
  const sockets = new Map<Socket, Progress>();

  const findIdle = (): readonly IdleReader[] => {
    const idle: IdleReader[] = [];
    for (const [socket, before] of sockets) {
      const progress = progressOf(socket, before);
      if (progress !== before) sockets.set(socket, progress);
      const { idleChecks } = progress;
      if (idleChecks > 0) idle.push({ socket, idleChecks, waitingBytes: socket.writableLength });
    }
    return idle;
  };

  return {
    watch: (socket: Socket) => {
      sockets.set(socket, UNSEEN);
      socket.once("close", () => sockets.delete(socket));
    },
    /** Looks at every connection once. */
    check: () => {
      for (const { socket } of findDropped(findIdle(), limits)) {
        log.info({ address: socket.remoteAddress }, "slow reader dropped");
        sockets.delete(socket);
        socket.destroy();
      }
    },
  };
}

/** Those that have stood still for too long; under pressure, also the next ones until there is none. */
export function findDropped<R extends Omit<IdleReader, "socket">>(idle: readonly R[], limits: ReaderLimits): R[] {
  let bytes = idle.reduce((sum, { waitingBytes }) => sum + waitingBytes, 0);
  let readers = idle.length;
  const isPressed = () => bytes > limits.mostIdleBytes || readers > limits.mostIdleReaders;
  return idle
    .toSorted((one, other) => other.idleChecks - one.idleChecks)
    .filter(({ idleChecks, waitingBytes }) => {
      const most = isPressed() ? limits.mostIdleChecksUnderPressure : limits.mostIdleChecks;
      if (idleChecks < most) return false;
      bytes -= waitingBytes;
      readers -= 1;
      return true;
    });
}

/** The progress after one more check. A connection without pending output is never idle. */
export function progressOf(
  { bytesWritten, writableLength }: Pick<Socket, "bytesWritten" | "writableLength">,
  before: Progress,
): Progress {
  const flushedBytes = bytesWritten - writableLength;
  const isIdle = writableLength > 0 && flushedBytes === before.flushedBytes;
  if (!isIdle && flushedBytes === before.flushedBytes && before.idleChecks === 0) return before;
  return { flushedBytes, idleChecks: isIdle ? before.idleChecks + 1 : 0 };
}
