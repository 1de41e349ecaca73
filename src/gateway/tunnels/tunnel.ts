import type { Duplex } from "node:stream";
import type { RandomBytes } from "../../lib/random.ts";
import { Direction, type TakeMessage } from "./direction.ts";
import { type CloseCode, closeFrame, FrameInvalid } from "./frames.ts";

type TunnelParts = {
  readonly client: Duplex;
  readonly upstream: Duplex;
  /** What the client has sent already. */
  readonly first: Buffer;
  readonly takeMessage: TakeMessage | undefined;
  /** After this many checks without a byte in either direction it is closed; 0: never. */
  readonly mostIdleChecks: number;
  readonly random: RandomBytes;
  /** A limit could not be checked. */
  readonly onFault: (fault: unknown) => void;
};

/**
 * How many checks in a row a connection that is ending may take without progress: few if it ends from here, more while
 * one side may still be reading what the other sent before it ended.
 */
const MOST_CLOSING_CHECKS = { here: 3, there: 30 };

/** A WebSocket between a client and an upstream. */
export class Tunnel {
  readonly #parts: TunnelParts;
  readonly #toUpstream: Direction;
  readonly #toClient: Direction;
  #closing: "no" | "here" | "there" = "no";
  /** How often in a row a check found `#progressSeen` again. */
  #idleChecks = 0;
  #progressSeen = 0;

  constructor(parts: TunnelParts) {
    const { client, upstream, takeMessage } = parts;
    this.#parts = parts;
    const ends = {
      onRefused: () => this.close(1008, "A rate limit or quota is reached."),
      onFault: (fault: unknown) => this.#fail(fault),
    };
    this.#toUpstream = new Direction({ from: client, to: upstream, takeMessage, ...ends });
    this.#toClient = new Direction({ from: upstream, to: client, ...ends });
  }

  start() {
    const { client, upstream, first } = this.#parts;
    endTogether(client, upstream, () => this.#startClosing("there"));
    this.#toClient.start(Buffer.alloc(0));
    this.#toUpstream.start(first);
  }

  /**
   * Ends it from here. The client gets a close frame after the frame that it is receiving; nothing that it sends is
   * passed on any more.
   */
  close(code: CloseCode, reason: string) {
    if (this.#closing !== "no") return;
    this.#startClosing("here");
    const { client, upstream, random } = this.#parts;
    this.#toUpstream.stop();
    // In the middle of a frame the upstream only sees the connection end.
    if (this.#toUpstream.isBetweenFrames && upstream.writable) upstream.write(closeFrame(code, reason, random(4)));
    this.#toClient.stopBetweenFrames(() => {
      if (client.writable) client.end(closeFrame(code, reason));
      upstream.end();
    });
  }

  /** Called about once a second, with every other tunnel. */
  check() {
    const { client, upstream, mostIdleChecks } = this.#parts;
    const progress = this.#progress();
    this.#idleChecks = progress === this.#progressSeen ? this.#idleChecks + 1 : 0;
    this.#progressSeen = progress;
    if (this.#closing === "no") {
      if (mostIdleChecks > 0 && this.#idleChecks >= mostIdleChecks) this.close(1001, "The connection was idle.");
    } else if (this.#idleChecks >= MOST_CLOSING_CHECKS[this.#closing]) {
      client.destroy();
      upstream.destroy();
    }
  }

  /** The bytes that were passed on. While it ends from here, nothing is. */
  #progress(): number {
    if (this.#closing === "here") return 0;
    const { client, upstream } = this.#parts;
    return this.#toUpstream.bytes() + this.#toClient.bytes() - client.writableLength - upstream.writableLength;
  }

  #startClosing(from: "here" | "there") {
    if (this.#closing !== "no") return;
    this.#closing = from;
    this.#idleChecks = 0;
  }

  #fail(fault: unknown) {
    if (fault instanceof FrameInvalid) return this.close(1002, "A frame is not valid.");
    this.#parts.onFault(fault);
    this.close(1013, "The limits cannot be checked; try again.");
  }
}

/** What ends on one side ends on the other, after what was sent before. @param onEnd called when one of them ends. */
function endTogether(client: Duplex, upstream: Duplex, onEnd: () => void) {
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.once("end", () => {
      onEnd();
      other.end();
    });
    one.once("close", () => {
      onEnd();
      // What was sent before an orderly end still has to arrive.
      if (one.readableEnded && other.writableLength > 0) other.end(() => other.destroy());
      else other.destroy();
    });
    one.on("error", () => one.destroy());
  }
}
