import { connect, type Socket } from "node:net";

export type ReusedConnection = {
  /** Returns the raw response; empty when the connection was closed without one. */
  readonly exchange: (request: string) => Promise<string>;
  readonly close: () => void;
};

/** The service closes idle connections after five seconds; a shorter time avoids a request on a closing one. */
const KEPT_MS = 2_000;

/** Sends requests on one connection, and opens a new one when the old one has been idle for long. */
export function aReusedConnection(port: number): ReusedConnection {
  let socket: Socket | undefined;
  let usedAt = 0;
  return {
    close: () => socket?.destroy(),
    exchange: (request) =>
      new Promise((resolve, reject) => {
        const isKept = performance.now() - usedAt < KEPT_MS;
        if (!isKept) socket?.destroy();
        const current = isKept && socket?.writable ? socket : connect(port, "127.0.0.1");
        socket = current;
        let text = "";
        const end = () => {
          usedAt = performance.now();
          current.removeAllListeners();
          current.on("error", () => {});
          resolve(text);
        };
        current.on("data", (chunk) => {
          text += chunk.toString("latin1");
          const length = lengthOf(text, request.startsWith("HEAD "));
          if (length === undefined || text.length < length) return;
          if (/^connection: close/im.test(text.slice(0, text.indexOf("\r\n\r\n")))) {
            current.destroy();
            socket = undefined;
          }
          end();
        });
        const gone = () => {
          socket = undefined;
          end();
        };
        current.on("end", gone);
        current.on("close", gone);
        current.on("error", (error: NodeJS.ErrnoException) =>
          ["ECONNRESET", "EPIPE"].includes(error.code ?? "") ? gone() : reject(error),
        );
        current.write(request);
      }),
  };
}

/** The length of head and body together; undefined while it is not known. */
function lengthOf(text: string, isHead: boolean): number | undefined {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return undefined;
  if (/^HTTP\/1\.1 100/.test(text)) {
    const rest = lengthOf(text.slice(head + 4), isHead);
    return rest === undefined ? undefined : head + 4 + rest;
  }
  const [, length = "0"] = /^content-length: (\d+)/im.exec(text.slice(0, head)) ?? [];
  return head + 4 + (isHead ? 0 : Number(length));
}
