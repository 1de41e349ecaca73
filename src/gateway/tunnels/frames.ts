/** The longest head of a frame: two bytes, a length of eight, and a mask of four (RFC 6455 §5.2). */
const MAX_HEAD_BYTES = 14;

const OPCODE = 0x0f;
const LENGTH = 0x7f;
const MASKED = 0x80;

/** Text and binary; a continuation belongs to a message that has begun. */
const MESSAGE_OPCODES = [1, 2];

/** A frame whose length cannot be right. */
export class FrameInvalid extends Error {
  constructor() {
    super("The length of a frame is not valid.");
  }
}

/**
 * Finds where frames begin and end in one direction of a WebSocket, however they are split into chunks. It keeps the head
 * of one frame, never its payload.
 */
export class FrameReader {
  readonly #head = Buffer.alloc(MAX_HEAD_BYTES);
  #headBytes = 0;
  #payloadBytes = 0;

  /** The next byte begins a frame. */
  get isBetweenFrames(): boolean {
    return this.#headBytes === 0 && this.#payloadBytes === 0;
  }

  /**
   * Reads from `chunk`, beginning at `at`, up to the end of the current frame at most.
   * @returns where it stopped.
   * @throws FrameInvalid
   */
  read(chunk: Uint8Array, at: number): number {
    let next = at;
    while (this.#payloadBytes === 0 && next < chunk.length) {
      this.#head[this.#headBytes++] = chunk[next++] ?? 0;
      if (this.#headBytes < headLengthOf(this.#head, this.#headBytes)) continue;
      this.#payloadBytes = payloadLengthOf(this.#head);
      this.#headBytes = 0;
      if (this.#payloadBytes === 0) return next;
    }
    const skipped = Math.min(this.#payloadBytes, chunk.length - next);
    this.#payloadBytes -= skipped;
    return next + skipped;
  }
}

/** Whether a frame with this first byte begins a message. */
export function beginsMessage(firstByte: number | undefined): boolean {
  return firstByte !== undefined && MESSAGE_OPCODES.includes(firstByte & OPCODE);
}

function headLengthOf(head: Buffer, known: number): number {
  if (known < 2) return 2;
  const second = head[1] ?? 0;
  return 2 + lengthBytesOf(second & LENGTH) + ((second & MASKED) === 0 ? 0 : 4);
}

function lengthBytesOf(length: number): number {
  if (length < 126) return 0;
  return length === 126 ? 2 : 8;
}

function payloadLengthOf(head: Buffer): number {
  const length = (head[1] ?? 0) & LENGTH;
  if (length < 126) return length;
  if (length === 126) return head.readUInt16BE(2);
  const long = head.readBigUInt64BE(2);
  if (long > Number.MAX_SAFE_INTEGER) throw new FrameInvalid();
  return Number(long);
}

/** The status codes of a close frame that the gateway sends (RFC 6455 §7.4.1, and 1013 of its registry). */
export type CloseCode = 1001 | 1002 | 1008 | 1011 | 1013;

/** The longest reason: a control frame has at most 125 bytes (RFC 6455 §5.5), of which two are the code. */
const MAX_REASON_BYTES = 123;

/** @param mask four random bytes in a frame to a server, which must be masked (RFC 6455 §5.3). */
export function closeFrame(code: CloseCode, reason: string, mask?: Uint8Array): Buffer {
  const text = Buffer.from(reason).subarray(0, MAX_REASON_BYTES);
  const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), text]);
  if (mask === undefined) return Buffer.concat([Buffer.from([0x88, payload.length]), payload]);
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([Buffer.from([0x88, MASKED | payload.length]), mask, masked]);
}
