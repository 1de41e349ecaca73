import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import type { Dice } from "../model/dice.ts";

/** A complete request. */
export type Shape = {
  readonly method: "GET" | "POST" | "PUT";
  readonly target: string;
  readonly lines?: readonly string[];
  readonly body?: Buffer;
};

/** JSON that takes long to arrive, to decompress and to parse. */
const LONG_JSON = Buffer.from(JSON.stringify({ name: "x", padding: "ab".repeat(30_000) }));

export const JSON_BODIES: readonly Pick<Shape, "lines" | "body">[] = [
  { lines: ["Content-Type: application/json"], body: Buffer.from('{"name":"x"}') },
  { lines: ["Content-Type: application/json"], body: LONG_JSON },
  { lines: ["Content-Type: application/json", "Content-Encoding: gzip"], body: gzipSync('{"name":"x"}') },
  { lines: ["Content-Type: application/json", "Content-Encoding: gzip"], body: gzipSync(LONG_JSON) },
];

/** The bytes of a request, with this key or without one. */
export function toBytes({ method, target, lines = [], body }: Shape, key: string | undefined): Buffer {
  const head = [
    `${method} ${target} HTTP/1.1`,
    "Host: localhost",
    ...(key === undefined ? [] : [`x-api-key: ${key}`]),
    ...lines,
    ...(body ? [`Content-Length: ${body.length}`] : []),
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body ?? Buffer.alloc(0)]);
}

/** Where in its request, or in the response, a client disconnects. */
export const DISCONNECT_POINTS = [
  "in the head",
  "after the head",
  "in the body",
  "after the body",
  "in the same turn",
  "a moment later",
  "in the response",
  "among pipelined requests",
  "among pipelined responses",
] as const;

export type DisconnectPoint = (typeof DISCONNECT_POINTS)[number];

/** The part of the request that is sent before the client disconnects at `point`. */
function partOf(bytes: Buffer, point: DisconnectPoint, dice: Dice): Buffer {
  const headEnd = bytes.indexOf("\r\n\r\n") + 4;
  if (point === "in the head") return bytes.subarray(0, 1 + dice.below(headEnd - 1));
  if (point === "after the head") return bytes.subarray(0, headEnd);
  if (point === "in the body") return bytes.subarray(0, headEnd + dice.below(bytes.length - headEnd + 1));
  if (point.startsWith("among")) return Buffer.concat(Array.from({ length: 2 + dice.below(6) }, () => bytes));
  return bytes;
}

const DISCONNECTS: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.destroy(),
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.end(),
];

/** The wait for a response that may not come, or for the other side to close. */
const GIVE_UP_MS = 2_000;

/** Sends a part of a request and disconnects. Resolves when the connection is closed. */
export function disconnect(port: number, bytes: Buffer, point: DisconnectPoint, dice: Dice): Promise<void> {
  const leave = dice.pick(DISCONNECTS);
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.setTimeout(GIVE_UP_MS, () => socket.destroy());
    socket.on("error", () => {});
    socket.on("close", () => resolve());
    socket.on("connect", () => {
      if (point === "in the response" || point === "among pipelined responses") {
        socket.once("data", () => leave(socket));
        socket.write(partOf(bytes, point, dice));
        return;
      }
      socket.resume();
      const turns = point === "in the same turn" ? 0 : dice.below(point === "a moment later" ? 40 : 4);
      socket.write(partOf(bytes, point, dice), () => afterTurns(turns, () => leave(socket)));
    });
  });
}

/** In turns of the event loop and not by the clock, because a busy machine is slower at both ends. */
function afterTurns(turns: number, work: () => void) {
  if (turns === 0) work();
  else setImmediate(() => afterTurns(turns - 1, work));
}
