import type { RandomBytes } from "../../lib/random.ts";
import { beginExchange } from "../message/exchange.ts";
import { framingError } from "../message/framing.ts";
import { peerOf } from "../message/peer.ts";
import { newRequestId } from "../message/request-id.ts";
import { hasValidTarget } from "../message/target.ts";
import { closeAfterUnreadBody, isTooLongToDiscard } from "../message/unread-body.ts";
import { safeHeaders } from "../reply/safe-headers.ts";
import type { SendProblem } from "../reply/send-problem.ts";
import type { Stage } from "../stage.ts";

export type EdgeDeps = {
  readonly random: RandomBytes;
  readonly sendProblem: SendProblem;
  /** The process is about to end: clients are told not to reuse their connection. */
  readonly isStopping: () => boolean;
  readonly trustedHops: number;
};

/** The first step: an id, safe headers, a request that is one, and HEAD read as GET. */
export function edge({ random, sendProblem, isStopping, trustedHops }: EdgeDeps): Stage {
  return (req, res, next) => {
    // Whoever is gone already has no address; taken for a stranger, their key would count as seen in clear text.
    if (req.socket.remoteAddress === undefined) return void res.destroy();
    const peer = peerOf(req, trustedHops);
    const exchange = beginExchange(req, {
      requestId: newRequestId(random),
      peer,
      // Behind a wish to change the protocol Node's parser loses its way (RFC 9110 §7.8 lets us ignore the wish).
      isLast: isStopping() || req.headers.upgrade !== undefined,
      mayLeaveUnreadBody: isTooLongToDiscard(req),
    });
    closeAfterUnreadBody(req, res);
    res.setMaxListeners(MOST_LISTENERS);
    res.set({ ...safeHeaders(peer.isTls), "X-Request-Id": exchange.requestId });

    const violation = framingError(req);
    if (violation !== undefined) {
      exchange.mayLeaveUnreadBody = true;
      return sendProblem(req, res, violation);
    }
    if (!hasValidTarget(req)) return sendProblem(req, res, TARGET_INVALID);
    // Node leaves the body of an answer to HEAD out by itself; it looked at the method before us (RFC 9110 §9.3.2).
    if (req.method === "HEAD") req.method = "GET";
    next();
  };
}

/** Some steps wait for the end of an answer, and streams that are joined add some more; more than that is a leak. */
const MOST_LISTENERS = 20;

const TARGET_INVALID = {
  code: "target-invalid",
  detail:
    "Send a path that begins with a slash, without a fragment or a backslash, percent-encoded as UTF-8, and with at most 1000 query parameters.",
} as const;
