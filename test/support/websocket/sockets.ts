import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { parseResponse } from "../wire/raw.ts";
import { framesFrom } from "./frames.ts";

export const HANDSHAKE_KEY = "dGhlIHNhbXBsZSBub25jZQ==";

export const HANDSHAKE = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  `Sec-WebSocket-Key: ${HANDSHAKE_KEY}`,
];

/** The head of a request for a WebSocket. */
export function handshakeFor(target: string, lines: readonly string[], handshake = HANDSHAKE): string {
  return [`GET ${target} HTTP/1.1`, "Host: localhost", ...handshake, ...lines, "", ""].join("\r\n");
}

/** A client on a bare connection, and the response to its handshake. */
export async function openRaw(socket: Socket, request: string) {
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => {});
  socket.write(request);
  const { head, rest } = await readHead(socket);
  return { socket, closed, response: parseResponse(head.toString("latin1")), frames: framesFrom(socket, rest) };
}

export function openOn(port: number, target: string, lines: readonly string[] = [], handshake = HANDSHAKE) {
  return openRaw(connect(port, "127.0.0.1"), handshakeFor(target, lines, handshake));
}

async function readHead(socket: Socket): Promise<{ readonly head: Buffer; readonly rest: Buffer }> {
  let bytes: Buffer = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const receive = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf("\r\n\r\n");
      if (end < 0 || !isWhole(bytes, end)) return;
      socket.off("data", receive);
      const isSwitched = bytes.subarray(0, 12).toString() === "HTTP/1.1 101";
      resolve(
        isSwitched
          ? { head: bytes.subarray(0, end + 4), rest: bytes.subarray(end + 4) }
          : { head: bytes, rest: Buffer.alloc(0) },
      );
    };
    socket.on("data", receive);
    socket.once("close", () => reject(new Error(`The connection was closed: ${bytes.toString("latin1")}`)));
  });
}

/** Whether the body of a response with a length has arrived too. */
function isWhole(bytes: Buffer, headEnd: number): boolean {
  const [, length = "0"] = /\r\ncontent-length: (\d+)/i.exec(bytes.subarray(0, headEnd).toString("latin1")) ?? [];
  return bytes.length >= headEnd + 4 + Number(length);
}

/** The value of Sec-WebSocket-Accept (RFC 6455 §4.2.2). */
export function acceptOf({ headers }: Pick<IncomingMessage, "headers">): string {
  const text = `${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  return createHash("sha1").update(text).digest("base64");
}

/** The server's side of a WebSocket. */
export type ServerSide = { readonly socket: Socket; readonly frames: ReturnType<typeof framesFrom> };

/** An upgrade listener that opens every WebSocket, and who waits for them. */
export function acceptingServer(lines: readonly string[] = []) {
  const opened: ServerSide[] = [];
  const waiting: ((side: ServerSide) => void)[] = [];
  return {
    listener: (req: IncomingMessage, socket: Socket, first: Buffer) => {
      const accept = `Sec-WebSocket-Accept: ${acceptOf(req)}`;
      const head = ["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: websocket", accept, ...lines];
      socket.write(`${head.join("\r\n")}\r\n\r\n`);
      // A server for WebSockets knows no half-closed connections.
      socket.on("end", () => socket.end());
      const side = { socket, frames: framesFrom(socket, first) };
      const next = waiting.shift();
      if (next === undefined) opened.push(side);
      else next(side);
    },
    next: (): Promise<ServerSide> => {
      const side = opened.shift();
      return side === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(side);
    },
  };
}
