import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { RateLimitedLog } from "../../lib/log/rate-limited-log.ts";

const LOOK_EVERY_MS = 1_000;

/** So many looks without progress and the reader is dropped. */
const PATIENCE_LOOKS = 4;

/** What was seen of a connection so far: what the system took, and for how many looks it took nothing more. */
export type Progress = { readonly flushedBytes: number; readonly idleLooks: number };

const UNSEEN: Progress = { flushedBytes: 0, idleLooks: 0 };

/**
 * Drops clients that do not read their answers: what the system does not take from us stays in our memory. Progress
 * is what was handed on to the system, in pieces of up to 64 KiB, so a reader must take at least one in 4 seconds.
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
      if (progress.idleLooks < PATIENCE_LOOKS) continue;
      log.info({ address: socket.remoteAddress }, "slow reader dropped");
      socket.destroy();
    }
  }, LOOK_EVERY_MS);
  timer.unref();
  server.once("close", () => clearInterval(timer));
}

/** One more look at a connection. Whoever is owed nothing is not waited for. */
export function progressOf(
  { bytesWritten, writableLength }: Pick<Socket, "bytesWritten" | "writableLength">,
  before: Progress,
): Progress {
  const flushedBytes = bytesWritten - writableLength;
  const isIdle = writableLength > 0 && flushedBytes === before.flushedBytes;
  return { flushedBytes, idleLooks: isIdle ? before.idleLooks + 1 : 0 };
}
