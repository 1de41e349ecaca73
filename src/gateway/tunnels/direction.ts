import type { Duplex } from "node:stream";
import { beginsMessage, FrameReader } from "./frames.ts";

/** Takes the cost of a message from the limits of its sender; false if a limit refuses it. */
export type TakeMessage = () => boolean | Promise<boolean>;

type DirectionParts = {
  readonly from: Duplex;
  readonly to: Duplex;
  /** Undefined where messages are not counted. */
  readonly takeMessage?: TakeMessage | undefined;
  readonly onRefused: () => void;
  /** A frame is not valid, or a limit cannot be checked. */
  readonly onFault: (fault: unknown) => void;
};

/**
 * Passes on what one side of a WebSocket sends. It reads no more than the other side takes, and knows where frames end,
 * so that a frame of the gateway's own can be sent between two others.
 */
export class Direction {
  readonly #parts: DirectionParts;
  readonly #frames = new FrameReader();
  #isStopped = false;
  /** A limit is being asked about the next message. */
  #isWaiting = false;
  #betweenFrames: (() => void) | undefined;
  #bytes = 0;

  constructor(parts: DirectionParts) {
    this.#parts = parts;
  }

  /** @param first what was read already. */
  start(first: Buffer) {
    const { from, to } = this.#parts;
    if (first.length > 0) this.#receive(first);
    from.on("data", (chunk: Buffer) => this.#receive(chunk));
    to.on("drain", () => this.#resume());
    this.#resume();
  }

  /** How many bytes have arrived. */
  bytes(): number {
    return this.#bytes;
  }

  get isBetweenFrames(): boolean {
    return this.#frames.isBetweenFrames;
  }

  /** From now on, what arrives is discarded. */
  stop() {
    this.#isStopped = true;
    this.#parts.from.resume();
  }

  /** Stops at the end of the current frame, then runs `then`. */
  stopBetweenFrames(then: () => void) {
    this.#betweenFrames = then;
    if (this.#frames.isBetweenFrames) this.#stopHere(then);
  }

  #stopHere(then: () => void) {
    this.stop();
    then();
  }

  #receive(chunk: Buffer) {
    this.#bytes += chunk.length;
    if (this.#isStopped) return;
    try {
      this.#pass(chunk, false);
    } catch (fault) {
      this.stop();
      this.#parts.onFault(fault);
    }
  }

  /** @param isTaken the cost of the message that `chunk` begins with is paid already. */
  #pass(chunk: Buffer, isTaken: boolean) {
    const paidAt = isTaken ? 0 : -1;
    for (let at = 0; at < chunk.length; at = this.#frames.read(chunk, at)) {
      if (!this.#frames.isBetweenFrames) continue;
      if (this.#betweenFrames !== undefined) {
        this.#write(chunk.subarray(0, at));
        return this.#stopHere(this.#betweenFrames);
      }
      if (at === paidAt || !this.#mustPay(chunk[at])) continue;
      const taken = this.#parts.takeMessage?.() ?? true;
      if (taken === true) continue;
      this.#write(chunk.subarray(0, at));
      return taken === false ? this.#refuse() : this.#wait(taken, chunk.subarray(at));
    }
    this.#write(chunk);
    if (this.#betweenFrames !== undefined && this.#frames.isBetweenFrames) this.#stopHere(this.#betweenFrames);
  }

  #mustPay(firstByte: number | undefined): boolean {
    return this.#parts.takeMessage !== undefined && beginsMessage(firstByte);
  }

  #refuse() {
    this.stop();
    this.#parts.onRefused();
  }

  #wait(taken: Promise<boolean>, rest: Buffer) {
    this.#isWaiting = true;
    this.#parts.from.pause();
    const proceed = (isAllowed: boolean) => {
      this.#isWaiting = false;
      if (this.#isStopped) return;
      if (!isAllowed) return this.#refuse();
      this.#pass(rest, true);
      this.#resume();
    };
    taken.then(proceed).catch((fault: unknown) => {
      this.stop();
      this.#parts.onFault(fault);
    });
  }

  #write(bytes: Buffer) {
    const { from, to } = this.#parts;
    if (bytes.length > 0 && to.writable && !to.write(bytes)) from.pause();
  }

  #resume() {
    const { from, to } = this.#parts;
    if (!this.#isWaiting && !to.writableNeedDrain) from.resume();
  }
}
