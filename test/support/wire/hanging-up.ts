import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import type { Dice } from "../model/dice.ts";

/** A request as a client may send it, whole. */
export type Shape = {
  readonly method: "GET" | "POST" | "PUT";
  readonly target: string;
  readonly lines?: readonly string[];
  readonly body?: Buffer;
};

/** JSON that takes the longest possible to arrive, to decompress and to parse. */
const LONG_JSON = Buffer.from(JSON.stringify({ name: "x", padding: "ab".repeat(30_000) }));

export const JSON_BODIES: readonly Pick<Shape, "lines" | "body">[] = [
  { lines: ["Content-Type: application/json"], body: Buffer.from('{"name":"x"}') },
  { lines: ["Content-Type: application/json"], body: LONG_JSON },
  { lines: ["Content-Type: application/json", "Content-Encoding: gzip"], body: gzipSync('{"name":"x"}') },
  { lines: ["Content-Type: application/json", "Content-Encoding: gzip"], body: gzipSync(LONG_JSON) },
];

/** The bytes of a request: with no key, one that nobody issued, or one of `keys`. */
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

/** Where in its request, or in the answer, a client hangs up. */
export const STAGES = [
  "in the head",
  "behind the head",
  "in the body",
  "behind the body",
  "in the same turn",
  "a moment later",
  "in the answer",
  "among pipelined requests",
  "among pipelined answers",
] as const;

export type Stage = (typeof STAGES)[number];

/** What of the request is sent before it hangs up at `stage`. */
function partOf(bytes: Buffer, stage: Stage, dice: Dice): Buffer {
  const headEnd = bytes.indexOf("\r\n\r\n") + 4;
  if (stage === "in the head") return bytes.subarray(0, 1 + dice.below(headEnd - 1));
  if (stage === "behind the head") return bytes.subarray(0, headEnd);
  if (stage === "in the body") return bytes.subarray(0, headEnd + dice.below(bytes.length - headEnd + 1));
  if (stage.startsWith("among")) return Buffer.concat(Array.from({ length: 2 + dice.below(6) }, () => bytes));
  return bytes;
}

const HANG_UPS: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.destroy(),
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.end(),
];

/** So long is waited for an answer that need not come, or for the other side's end. */
const GIVE_UP_MS = 2_000;

/** Sends a part of a request and hangs up. Resolves when the connection is gone. */
export function hangUp(port: number, bytes: Buffer, stage: Stage, dice: Dice): Promise<void> {
  const leave = dice.pick(HANG_UPS);
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.setTimeout(GIVE_UP_MS, () => socket.destroy());
    socket.on("error", () => {});
    socket.on("close", () => resolve());
    socket.on("connect", () => {
      if (stage === "in the answer" || stage === "among pipelined answers") {
        socket.once("data", () => leave(socket));
        socket.write(partOf(bytes, stage, dice));
        return;
      }
      socket.resume();
      const turns = stage === "in the same turn" ? 0 : dice.below(stage === "a moment later" ? 40 : 4);
      socket.write(partOf(bytes, stage, dice), () => afterTurns(turns, () => leave(socket)));
    });
  });
}

/** By turns of the event loop, not by the clock: a busy machine is slower at both ends. */
function afterTurns(turns: number, act: () => void) {
  if (turns === 0) act();
  else setImmediate(() => afterTurns(turns - 1, act));
}
