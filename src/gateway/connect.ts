import { buildConnector } from "undici";

/**
 * Connects to upstreams over HTTP/1.1. An answer that ends with its connection is whole only if the upstream closed it:
 * undici takes a reset for such an end, and so its code is not shown to undici.
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
