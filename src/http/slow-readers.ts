import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Log } from "../lib/log.ts";

const LOOK_EVERY_MS = 1_000;

/** So many looks without progress and the reader is dropped. */
const PATIENCE_LOOKS = 5;

type Watched = { flushedBytes: number; looks: number };

/**
 * Drops clients that do not read their answers: what the system does not take from us stays in our memory. Progress
 * is what was handed on to the system, in pieces of up to 64 KiB, so a reader must take at least one in 5 seconds.
 */
export function watchReaders(server: Server, connectionEvent: string, log: Log) {
  const sockets = new Map<Socket, Watched>();
  server.on(connectionEvent, (socket: Socket) => {
    sockets.set(socket, { flushedBytes: 0, looks: 0 });
    socket.once("close", () => sockets.delete(socket));
  });
  const timer = setInterval(() => {
    for (const [socket, watched] of sockets) {
      if (!isStuck(socket, watched)) continue;
      log.info({ address: socket.remoteAddress }, "slow reader dropped");
      socket.destroy();
    }
  }, LOOK_EVERY_MS);
  timer.unref();
  server.once("close", () => clearInterval(timer));
}

function isStuck(socket: Socket, watched: Watched): boolean {
  const flushedBytes = socket.bytesWritten - socket.writableLength;
  const isWaiting = socket.writableLength > 0;
  watched.looks = isWaiting && flushedBytes === watched.flushedBytes ? watched.looks + 1 : 0;
  watched.flushedBytes = flushedBytes;
  return watched.looks >= PATIENCE_LOOKS;
}
