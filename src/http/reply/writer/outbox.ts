import type { ServerResponse } from "node:http";
import { createBatcher } from "../../../lib/async/batcher.ts";

/** When this many replies are waiting, they are sent at once. */
const MAX_WAITING = 64;

type Content = string | Uint8Array;

type Outbox = {
  /** Sends `content` and ends the response, whose head is already written. */
  readonly post: (res: ServerResponse, content: Content) => void;
};

/**
 * Sends all replies of one turn of the event loop together, at its end. A client that waits for the first of them wakes
 * up once and finds the others too; waking it for each one would cost the system more than the rest of the reply.
 * @param onFault told what `res.end` threw (a host app may have replaced it); the other replies are still sent.
 */
export function createOutbox(onFault: (fault: unknown) => void): Outbox {
  const replies = createBatcher<readonly [ServerResponse, Content]>((all) => {
    for (const [res, content] of all) {
      try {
        end(res, content);
      } catch (fault) {
        res.destroy();
        onFault(fault);
      }
    }
  }, MAX_WAITING);
  return { post: (res, content) => replies.add([res, content]) };
}

/** Up to here, it costs less to copy bytes than to write them apart from the head. */
const MAX_COPIED_BYTES = 16_384;

/** Node sends a text together with the head, in one write. In Latin-1 each character is one byte. */
function end(res: ServerResponse, content: Content) {
  if (Buffer.isBuffer(content) && content.length <= MAX_COPIED_BYTES) res.end(content.toString("latin1"), "latin1");
  else res.end(content);
}
