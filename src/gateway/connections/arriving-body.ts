import type { Dispatcher } from "undici";
import type { BodyReceiver, ResponseBody } from "../upstream-port.ts";

/** How many bytes of a body may wait for its receiver, before the upstream has to pause. */
const MAX_WAITING_BYTES = 65_536;

type Controller = Pick<Dispatcher.DispatchController, "abort" | "pause" | "resume">;

/** Told when a body is complete or larger than `maxBytes`, or has broken off. */
type Reader = {
  readonly maxBytes: number;
  readonly resolve: (isComplete: boolean) => void;
  readonly reject: (cause: Error) => void;
};

/** The body of a response while it arrives. Keeps the chunks until `pipeTo`, and writes them through from then on. */
export class ArrivingBody implements ResponseBody {
  readonly #controller: Controller;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isEnded = false;
  #error: Error | undefined;
  #reader: Reader | undefined;
  #receiver: BodyReceiver | undefined;

  constructor(controller: Controller) {
    this.#controller = controller;
  }

  /** A chunk has arrived. */
  receive(chunk: Buffer) {
    if (this.#receiver !== undefined) return this.#write(this.#receiver, chunk);
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const reader = this.#reader;
    if (this.#bytes <= (reader?.maxBytes ?? MAX_WAITING_BYTES)) return;
    this.#controller.pause();
    reader?.resolve(false);
  }

  /** All chunks have arrived. */
  end() {
    this.#isEnded = true;
    this.#reader?.resolve(true);
    if (this.#receiver !== undefined && !this.#receiver.destroyed) this.#receiver.end();
  }

  /** No more chunks arrive, although some are missing. */
  fail(error: Error) {
    this.#error = error;
    this.#reader?.reject(error);
    this.#receiver?.destroy();
  }

  complete() {
    if (!this.#isEnded || this.#receiver !== undefined) return undefined;
    return this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
  }

  readUpTo(maxBytes: number): Promise<boolean> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#isEnded) return Promise.resolve(this.#bytes <= maxBytes);
    if (this.#bytes > maxBytes) return Promise.resolve(false);
    this.#controller.resume();
    return new Promise((resolve, reject) => {
      this.#reader = { maxBytes, resolve, reject };
    });
  }

  pipeTo(res: BodyReceiver) {
    if (this.#error !== undefined) return void res.destroy();
    this.#receiver = res;
    for (const chunk of this.#chunks) this.#write(res, chunk);
    this.#chunks = [];
    if (this.#isEnded) return this.end();
    res.on("drain", () => this.#controller.resume());
    if (!res.writableNeedDrain) this.#controller.resume();
  }

  discard() {
    if (this.#isEnded) return;
    this.#chunks = [];
    this.#controller.abort(new Error("The response is not wanted."));
  }

  #write(res: BodyReceiver, chunk: Buffer) {
    // When the client has just disconnected: the whole call is about to be aborted.
    if (res.destroyed) return;
    if (!res.write(chunk)) this.#controller.pause();
  }
}
