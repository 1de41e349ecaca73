import { connect } from "node:net";

export type RawResponse = {
  readonly status: number;
  /** Names in lower case; lines of the same name joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/**
 * Writes `request` to a socket unchanged and reads one response; for requests that no client library would send.
 * Either the request has `Connection: close`, or the response must have a Content-Length.
 */
export async function sendRaw(port: number, request: string | Uint8Array): Promise<RawResponse> {
  return parseResponse(await exchangeRaw(port, request, { isWhole }));
}

/** Is the last response in `text` complete by its Content-Length? One without that header ends with the connection. */
function isWhole(text: string): boolean {
  const { status, headers, body } = parseResponse(text);
  return status >= 200 && headers["content-length"] !== undefined && body.length >= Number(headers["content-length"]);
}

/** A busy machine may need long for a response, or for the rest of it. */
const FIRST_BYTE_WITHIN_MS = 15_000;
const QUIET_MS = 5_000;

type End = {
  /** After this long without a byte, the exchange is over. */
  readonly quietMs?: number;
  /** So many responses are waited for in any case; 1 by default. */
  readonly responses?: number;
  /** The exchange is over when this returns true for the text received so far, in Latin-1. */
  readonly isWhole?: (text: string) => boolean;
};

/** Everything that is received until the other side closes, or until `end`. */
export function exchangeRaw(port: number, request: string | Uint8Array, end: number | End = {}): Promise<string> {
  const { quietMs = QUIET_MS, responses = 1, isWhole = () => false } = typeof end === "number" ? { quietMs: end } : end;
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
      const text = Buffer.concat(chunks).toString("latin1");
      if (responsesIn(text).length >= responses) socket.setTimeout(quietMs);
      if (isWhole(text)) done();
    });
    socket.on("end", done);
    socket.on("error", (error: NodeJS.ErrnoException) => (error.code === "ECONNRESET" ? done() : reject(error)));
  });
}

/** The responses in `text`, without interim ones. */
export function responsesIn(text: string): readonly string[] {
  return text.split(/(?=HTTP\/1\.1 [2-5]\d\d )/).filter((response) => response !== "");
}

export function parseResponse(text: string): RawResponse {
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

/** A request for `target`, with these additional header lines. */
export function aRequest(target: string, lines: readonly string[] = [], method = "GET"): string {
  return `${[`${method} ${target} HTTP/1.1`, "Host: localhost", "Connection: close", ...lines].join("\r\n")}\r\n\r\n`;
}
