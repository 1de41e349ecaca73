import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { FormGate, type StreamedForm } from "./form-gate.ts";

/** Node's own way to make an object a stream: `Readable` is a function, too. */
const initialize = Readable as unknown as {
  readonly call: (stream: Readable, options: { read(this: Readable): void; destroy: Destroy }) => void;
};

type Destroy = (error: Error | null, callback: (error: Error | null) => void) => void;

/** Otherwise Node would close the connection of a request that is destroyed, before the host app can respond. */
const destroy: Destroy = (error, callback) => callback(error);

/** Lets a host app read a body once more that was read here completely. */
export function makeReadableAgain(req: IncomingMessage, bytes: Buffer) {
  initialize.call(req, {
    read() {
      this.push(bytes);
      this.push(null);
    },
    destroy,
  });
}

/**
 * Lets a host app read a form while it arrives: first what was read here, then what `FormGate` lets pass. The request fails
 * with `BodyRefused` if the form is invalid. Nothing may wait between the last read and this.
 */
export function passThroughGate(req: IncomingMessage, streamed: StreamedForm) {
  const gate = new FormGate(streamed);
  // Node's parser pushes each chunk, and null at the end.
  const push = req.push.bind(req);
  const fail = (error: unknown) => void req.destroy(error instanceof Error ? error : new Error(String(error)));
  const finish = (rest: Buffer) => {
    if (rest.length > 0) push(rest);
    push(null);
  };
  req._destroy = destroy;
  req.push = (chunk: Buffer | null) => {
    try {
      if (chunk === null) gate.end().then(finish, fail);
      else {
        const passedOn = gate.admit(chunk);
        return passedOn.length === 0 || push(passedOn);
      }
    } catch (error) {
      fail(error);
    }
    return true;
  };
}
