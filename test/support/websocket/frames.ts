import type { Duplex } from "node:stream";

/** A frame of a WebSocket (RFC 6455 §5.2), as a test sees it. */
export type Frame = { readonly opcode: number; readonly isLast: boolean; readonly payload: Buffer };

export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

type FrameOptions = {
  readonly opcode?: number;
  readonly isLast?: boolean;
  /** Four bytes; clients must mask. */
  readonly mask?: Buffer | undefined;
};

export const A_MASK = Buffer.from([1, 2, 3, 4]);

export function aFrame(content: string | Buffer, options: FrameOptions = {}): Buffer {
  const { opcode = OPCODES.text, isLast = true, mask } = options;
  const payload = Buffer.from(content);
  const head = [(isLast ? 0x80 : 0) | opcode, ...lengthBytes(payload.length)];
  head[1] = (head[1] ?? 0) | (mask === undefined ? 0 : 0x80);
  return Buffer.concat([Buffer.from(head), mask ?? Buffer.alloc(0), masked(payload, mask)]);
}

function lengthBytes(length: number): number[] {
  if (length < 126) return [length];
  if (length < 65_536) return [126, length >> 8, length & 0xff];
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return [127, ...bytes];
}

function masked(payload: Buffer, mask: Buffer | undefined): Buffer {
  return mask === undefined ? payload : Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
}

/** The whole frames at the start of `bytes`, and what is left. */
export function parseFrames(bytes: Buffer): { readonly frames: readonly Frame[]; readonly rest: Buffer } {
  const frames: Frame[] = [];
  let rest = bytes;
  for (let parsed = parseFrame(rest); parsed !== undefined; parsed = parseFrame(rest)) {
    frames.push(parsed.frame);
    rest = rest.subarray(parsed.length);
  }
  return { frames, rest };
}

function parseFrame(bytes: Buffer): { readonly frame: Frame; readonly length: number } | undefined {
  if (bytes.length < 2) return undefined;
  const [first = 0, second = 0] = bytes;
  const short = second & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = 2 + extra + (second & 0x80 ? 4 : 0);
  if (bytes.length < start) return undefined;
  const size = extra === 2 ? bytes.readUInt16BE(2) : extra === 8 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < start + size) return undefined;
  const mask = second & 0x80 ? bytes.subarray(start - 4, start) : undefined;
  const payload = masked(bytes.subarray(start, start + size), mask);
  return { frame: { opcode: first & 0x0f, isLast: (first & 0x80) !== 0, payload }, length: start + size };
}

/** Collects the frames that arrive on a connection. */
export function framesFrom(socket: Duplex, first: Buffer = Buffer.alloc(0)) {
  const frames: Frame[] = [];
  const waiting: ((frame: Frame) => void)[] = [];
  let rest: Buffer = Buffer.alloc(0);
  const receive = (chunk: Buffer) => {
    const parsed = parseFrames(Buffer.concat([rest, chunk]));
    rest = Buffer.from(parsed.rest);
    for (const frame of parsed.frames) {
      const next = waiting.shift();
      if (next === undefined) frames.push(frame);
      else next(frame);
    }
  };
  receive(first);
  socket.on("data", receive);
  return {
    /** The next frame that was not taken yet. */
    next: (): Promise<Frame> => {
      const frame = frames.shift();
      return frame === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(frame);
    },
    nextText: async function nextText() {
      return (await this.next()).payload.toString();
    },
    /** Those that have arrived and were not taken. */
    untaken: (): readonly Frame[] => frames,
  };
}

/** What a close frame says. */
export function closeOf({ opcode, payload }: Frame) {
  if (opcode !== OPCODES.close) throw new Error(`This is no close frame, but ${opcode}.`);
  return { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
}
