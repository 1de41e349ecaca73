import type { ServerResponse } from "node:http";
import { createBatcher } from "../lib/async/batcher.ts";

/** So many answers wait at most. */
const MOST_WAITING = 64;

export type Outbox = {
  /** Sends an answer, whose head is written, with this body. */
  readonly post: (res: ServerResponse, body: string) => void;
};

/**
 * Sends the answers of one turn of the event loop at its end, one after the other. Whoever waits for the first of them is
 * awake then and takes the others too; woken for each of them, the system would spend more time on that than on everything
 * else of an answer.
 * @param onFault told what the `end` of an app around this one has thrown: the others of its turn are sent all the same.
 */
export function createOutbox(onFault: (fault: unknown) => void): Outbox {
  const answers = createBatcher<readonly [ServerResponse, string]>((all) => {
    for (const [res, body] of all) {
      try {
        res.end(body);
      } catch (fault) {
        res.destroy();
        onFault(fault);
      }
    }
  }, MOST_WAITING);
  return { post: (res, body) => answers.add([res, body]) };
}
