import type { Socket } from "node:net";

import { createSideTable } from "../../lib/side-table.ts";

/** Connections whose last response has been written. */
const ENDED = createSideTable<true>();

/** How long the client may take to read the last response before the connection is destroyed. */
const LINGER_MS = 500;

/** Whether the last response on this connection has been written: what arrives after it is ignored. */
export function hasEnded(socket: object): boolean {
  return ENDED.get(socket) === true;
}

/**
 * Sends `lastText`, if there is one, and closes the sending half at once, the connection a moment later (RFC 9112 §9.6).
 * If it were closed at once and bytes arrived after that, the operating system would discard the last response too.
 */
export function closeGently(socket: Socket, lastText?: string) {
  ENDED.set(socket, true);
  if (socket.writable) socket.end(lastText ?? "");
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** Makes Node close this connection gently after its last response. */
export function alwaysCloseGently(socket: Socket) {
  socket.destroySoon = () => closeGently(socket);
}

/**
 * Closes a connection that was idle for as long as its client was promised. Node's timers run before it reads, so a
 * request that arrived in time may still be waiting to be read: then the connection stays.
 */
export function closeUnlessUsed(socket: Socket) {
  const { bytesRead } = socket;
  setImmediate(() => {
    if (socket.bytesRead === bytesRead) socket.destroySoon();
  });
}
