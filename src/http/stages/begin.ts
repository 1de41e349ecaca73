import type { IncomingMessage, ServerResponse } from "node:http";
import { beginExchange, type Exchange } from "../message/exchange.ts";
import type { FindPeer } from "../message/find-peer.ts";
import { toMessage } from "../message/message.ts";
import type { ReadHead } from "../message/read-head.ts";
import type { FindRequestId } from "../message/request-id.ts";
import { toOriginForm } from "../message/target.ts";
import { isTooLongToDiscard } from "../message/unread-body.ts";

type BeginDeps = {
  readonly findRequestId: FindRequestId;
  readonly readHead: ReadHead;
  readonly findPeer: FindPeer;
  /** Whether the process is about to end: then each response closes its connection. */
  readonly isStopping: () => boolean;
};

/**
 * Begins the exchange of a request, which every stage then looks at.
 * @returns undefined when the client has disconnected already.
 */
export type Begin = (
  req: IncomingMessage,
  res: ServerResponse,
  passToHostApp: (() => void) | undefined,
) => Exchange | undefined;

export function createBegin({ findRequestId, readHead, findPeer, isStopping }: BeginDeps): Begin {
  return (req, res, passToHostApp) => {
    // A disconnected client has no address; without this check it would look remote, and its key would be reported as
    // leaked.
    if (req.socket.remoteAddress === undefined) return undefined;
    const { method = "", url = "" } = req;
    const head = readHead(req);
    const exchange = beginExchange({
      req,
      res,
      requestId: findRequestId(req),
      peer: findPeer(req),
      head,
      message: toMessage(req, method, toOriginForm(url, method) ?? ""),
      passToHostApp,
      // After an Upgrade header Node's parser may misread what follows (RFC 9110 §7.8 allows ignoring it).
      isLast: isStopping() || (head === undefined && req.headers.upgrade !== undefined),
    });
    exchange.mayLeaveUnreadBody = isTooLongToDiscard(exchange);
    return exchange;
  };
}
