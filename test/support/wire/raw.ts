import { connect } from "node:net";

export type RawAnswer = {
  readonly status: number;
  /** Names in lower case; lines of the same name joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/**
 * Writes `request` to a socket as it is and reads one answer, for what no client library would send.
 * The request should say `Connection: close`, or the answer must carry a Content-Length.
 */
export async function sendRaw(port: number, request: string | Uint8Array): Promise<RawAnswer> {
  return parseAnswer(await exchangeRaw(port, request, { isWhole }));
}

/** Is the last answer in `text` there as far as its Content-Length says? Those without one end with the connection. */
function isWhole(text: string): boolean {
  const { status, headers, body } = parseAnswer(text);
  return status >= 200 && headers["content-length"] !== undefined && body.length >= Number(headers["content-length"]);
}

/** A busy machine may take its time before it says anything. */
const FIRST_BYTE_WITHIN_MS = 15_000;
const QUIET_MS = 1_500;

type End = {
  /** Nothing more comes once there was silence for so long. */
  readonly quietMs?: number;
  /** Nothing more is waited for once this is true of what has come; in Latin-1. */
  readonly isWhole?: (text: string) => boolean;
};

/** Everything that comes back until the other side closes, or until the end that is given. */
export function exchangeRaw(port: number, request: string | Uint8Array, end: number | End = {}): Promise<string> {
  const { quietMs = QUIET_MS, isWhole = () => false } = typeof end === "number" ? { quietMs: end } : end;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    const done = () => {
      socket.destroy();
      resolve(Buffer.concat(chunks).toString("latin1"));
    };
    socket.setTimeout(FIRST_BYTE_WITHIN_MS, done);
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      socket.setTimeout(quietMs);
      if (isWhole(Buffer.concat(chunks).toString("latin1"))) done();
    });
    socket.on("end", done);
    socket.on("error", (error: NodeJS.ErrnoException) => (error.code === "ECONNRESET" ? done() : reject(error)));
  });
}

export function parseAnswer(text: string): RawAnswer {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const at = line.indexOf(":");
    const name = line.slice(0, at).toLowerCase();
    const value = line.slice(at + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return { status: Number(statusLine.split(" ")[1]), headers, body: rest.join("\r\n\r\n") };
}

/** A request for `target`, with these further header lines. */
export function aRequest(target: string, lines: readonly string[] = [], method = "GET"): string {
  return `${[`${method} ${target} HTTP/1.1`, "Host: localhost", "Connection: close", ...lines].join("\r\n")}\r\n\r\n`;
}
