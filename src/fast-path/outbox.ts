import type { ServerResponse } from "node:http";
import { createBatcher } from "../lib/async/batcher.ts";

/** When this many replies are waiting, they are sent at once. */
const MAX_WAITING = 64;

type Outbox = {
  /** Sends `body` and ends the response, whose head is already written. */
  readonly post: (res: ServerResponse, body: string) => void;
};

/**
 * Sends all replies of one turn of the event loop together, at its end. A client that waits for the first of them wakes
 * up once and finds the others too; waking it for each one would cost the system more than the rest of the reply.
 * @param onFault told what `res.end` threw (a host app may have replaced it); the other replies are still sent.
 */
export function createOutbox(onFault: (fault: unknown) => void): Outbox {
  const replies = createBatcher<readonly [ServerResponse, string]>((all) => {
    for (const [res, body] of all) {
      try {
        res.end(body);
      } catch (fault) {
        res.destroy();
        onFault(fault);
      }
    }
  }, MAX_WAITING);
  return { post: (res, body) => replies.add([res, body]) };
}
