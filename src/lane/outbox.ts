import type { ServerResponse } from "node:http";

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
 */
export function createOutbox(): Outbox {
  let waiting: (readonly [ServerResponse, string])[] = [];
  const send = () => {
    const all = waiting;
    waiting = [];
    for (const [res, body] of all) res.end(body);
  };
  return {
    post: (res, body) => {
      waiting.push([res, body]);
      if (waiting.length === 1) setImmediate(send);
      else if (waiting.length === MOST_WAITING) send();
    },
  };
}
