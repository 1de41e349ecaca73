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

type EdgeDeps = {
  readonly random: RandomBytes;
  readonly sendProblem: SendProblem;
  /** Whether the process is about to end: then each response closes its connection. */
  readonly isStopping: () => boolean;
  readonly trustedHops: number;
};

/** The first stage: gives the request its id and safe headers, checks its message, and treats HEAD as GET. */
export function edge({ random, sendProblem, isStopping, trustedHops }: EdgeDeps): Stage {
  return (req, res, next) => {
    // A disconnected client has no address; without this check it would look remote, and its key would be reported as
    // leaked.
    if (req.socket.remoteAddress === undefined) return void res.destroy();
    const peer = peerOf(req, trustedHops);
    const exchange = beginExchange(req, {
      requestId: newRequestId(random),
      peer,
      // After an Upgrade header Node's parser may misread what follows (RFC 9110 §7.8 allows ignoring it).
      isLast: isStopping() || req.headers.upgrade !== undefined,
      mayLeaveUnreadBody: isTooLongToDiscard(req),
    });
    closeAfterUnreadBody(req, res);
    res.setMaxListeners(MAX_LISTENERS);
    res.set({ ...safeHeaders(peer.isTls), "X-Request-Id": exchange.requestId });

    const problem = framingError(req);
    if (problem !== undefined) {
      exchange.mayLeaveUnreadBody = true;
      return sendProblem(req, res, problem);
    }
    if (!hasValidTarget(req)) return sendProblem(req, res, TARGET_INVALID);
    // Node has seen the method already, and leaves out the body of a response to HEAD (RFC 9110 §9.3.2).
    if (req.method === "HEAD") req.method = "GET";
    next();
  };
}

/** Several stages wait for the end of a response, and piped streams add listeners; more than these are a leak. */
const MAX_LISTENERS = 20;

const TARGET_INVALID = {
  code: "target-invalid",
  detail:
    "The request target is not valid; send a path that begins with a slash, is percent-encoded as UTF-8, has no fragment and no backslash, and at most 1000 query parameters.",
} as const;
