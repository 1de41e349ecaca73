import type { Socket } from "node:net";
import { buildConnector, errors } from "undici";

/** Errors of connections that had been used for an earlier request. */
const ON_USED_CONNECTION = new WeakSet<Error>();

/**
 * Whether a call failed because its connection, which was kept open since an earlier request, was closed: upstreams close
 * connections that are idle for long, perhaps at the very moment of the next request.
 */
export function wasClosedWhileIdle(error: Error): boolean {
  if (error instanceof errors.SocketError) return (error.socket?.bytesRead ?? 0) > 0;
  return ON_USED_CONNECTION.has(error);
}

function noteIfUsed(error: NodeJS.ErrnoException, { bytesRead }: Pick<Socket, "bytesRead">) {
  if (bytesRead > 0 && (error.code === "ECONNRESET" || error.code === "EPIPE")) ON_USED_CONNECTION.add(error);
}

/**
 * Connects to upstreams over HTTP/1.1. A response without a length ends with its connection, and is complete only if
 * the upstream closed that in an orderly way. undici takes a reset for such an end, so it must not see the code of a
 * reset.
 */
export function createConnector(timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, allowH2: false });
  return (options, callback) =>
    connect(options, (...outcome) => {
      const [, socket] = outcome;
      socket?.prependListener("error", (error: NodeJS.ErrnoException) => {
        noteIfUsed(error, socket);
        if (error.code === "ECONNRESET") error.code = "UPSTREAM_RESET";
      });
      callback(...outcome);
    });
}
