import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { RateLimitedLog } from "../../lib/log/rate-limited-log.ts";

const CHECK_EVERY_MS = 1_000;

/** After this many checks without progress the connection is dropped. */
const MAX_IDLE_CHECKS = 4;

/** What the operating system has taken of a connection's output, and for how many checks it has taken nothing more. */
export type Progress = { readonly flushedBytes: number; readonly idleChecks: number };

const UNSEEN: Progress = { flushedBytes: 0, idleChecks: 0 };

/**
 * Drops clients that do not read their responses: what the operating system does not take stays in the memory of this
 * process. The system takes pieces of up to 64 KiB, so a client must read at least one of them in 4 seconds.
 */
export function dropSlowReaders(server: Server, connectionEvent: string, log: RateLimitedLog) {
  const sockets = new Map<Socket, Progress>();
  server.on(connectionEvent, (socket: Socket) => {
    sockets.set(socket, UNSEEN);
    socket.once("close", () => sockets.delete(socket));
  });
  const timer = setInterval(() => {
    for (const [socket, before] of sockets) {
      const progress = progressOf(socket, before);
      sockets.set(socket, progress);
      if (progress.idleChecks < MAX_IDLE_CHECKS) continue;
      log.info({ address: socket.remoteAddress }, "slow reader dropped");
      socket.destroy();
    }
  }, CHECK_EVERY_MS);
  timer.unref();
  server.once("close", () => clearInterval(timer));
}

/** The progress after one more check. A connection without pending output is never idle. */
export function progressOf(
  { bytesWritten, writableLength }: Pick<Socket, "bytesWritten" | "writableLength">,
  before: Progress,
): Progress {
  const flushedBytes = bytesWritten - writableLength;
  const isIdle = writableLength > 0 && flushedBytes === before.flushedBytes;
  return { flushedBytes, idleChecks: isIdle ? before.idleChecks + 1 : 0 };
}
