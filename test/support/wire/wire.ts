import { connect, type Socket } from "node:net";

/** What came back, to the letter; empty when the connection was closed without a word. */
export type Wire = {
  readonly exchange: (request: string) => Promise<string>;
  readonly close: () => void;
};

/** The other side keeps an idle connection for five seconds, and may close it just when something is sent. */
const KEPT_MS = 2_000;

/** A connection that is used again and again, as long as the other side surely keeps it. */
export function aWire(port: number): Wire {
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
        current.on("data", (piece) => {
          text += piece.toString("latin1");
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

/** Of head and body together; undefined while that cannot be told. */
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
