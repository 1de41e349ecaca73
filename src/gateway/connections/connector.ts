import { buildConnector } from "undici";

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
        if (error.code === "ECONNRESET") error.code = "UPSTREAM_RESET";
      });
      callback(...outcome);
    });
}
