import type { IncomingMessage, ServerResponse } from "node:http";
import { beginExchange, type Exchange } from "../../src/http/message/exchange.ts";
import { toMessage } from "../../src/http/message/message.ts";

type Request = {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A request as Node presents it, without a connection. */
export function aRequest({ method = "GET", target = "/", headers = {} }: Request = {}): IncomingMessage {
  const entries = Object.entries(headers);
  return {
    method,
    url: target,
    headers: Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value])),
    headersDistinct: Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), [value]])),
    rawHeaders: entries.flat(),
    socket: {},
  } as unknown as IncomingMessage;
}

/** The exchange of a request that has just begun, with these facts. */
export function anExchange(request: Request = {}, facts: Partial<Exchange> = {}): Exchange {
  const req = facts.req ?? aRequest(request);
  const begun = beginExchange({
    req,
    res: { destroyed: false, headersSent: false } as ServerResponse,
    requestId: "req_1",
    peer: { address: "::1", network: "::1", isPrivate: true, isTls: false },
    head: undefined,
    message: toMessage(req, request.method ?? "GET", request.target ?? "/"),
    passToHostApp: undefined,
    isLast: false,
  });
  return Object.assign(begun, facts);
}
