import type { Validated } from "../http/message/exchange.ts";
import { headerLinesOf, headerOf, rawHeadersOf } from "../http/message/message.ts";
import { sendContinue } from "../http/message/unread-body.ts";
import type { UpstreamRequest } from "./upstream-port.ts";

export function toUpstreamRequest(
  exchange: Validated,
  isStillAdmitted: UpstreamRequest["isStillAdmitted"],
): UpstreamRequest {
  const { req, res, requestId, peer, message, operation, admission, body } = exchange;
  const isStreamed = body.kind === "streamed";
  // The stage `body` has sent it before it read the beginning of a form.
  if (isStreamed && body.source === undefined) sendContinue(exchange);
  return {
    operation,
    method: message.method,
    path: message.path,
    query: message.query,
    rawHeaders: message.removedCookies.length === 0 ? message.source.rawHeaders : rawHeadersOf(message),
    removedHeaders: message.removed,
    checkedHeaders: operation.headerParameters.map((name) => [name, checkedValue(exchange, name.toLowerCase())]),
    key: admission.key,
    requestId,
    address: peer.address,
    isTls: peer.isTls,
    body: isStreamed ? (body.source ?? req) : body.kind === "read" ? body.bytes : undefined,
    length: isStreamed ? req.headers["content-length"] : undefined,
    client: res,
    isStillAdmitted,
  };
}

/** The value of a header that the judge checked: its lines joined, or, of some headers, only the first of them. */
function checkedValue({ message }: Validated, name: string): string | undefined {
  const seen = headerOf(message, name);
  return typeof seen === "string" || seen === undefined ? seen : headerLinesOf(message, name).join(", ");
}
