import type { IncomingMessage, ServerResponse } from "node:http";
import type { Outcome } from "../auth/authorize.ts";
import { beginExchange, type Exchange } from "../http/message/exchange.ts";
import { newRequestId } from "../http/message/request-id.ts";
import { logResponse } from "../http/stages/access-log.ts";
import { meterResponse } from "../http/stages/metering.ts";
import type { Log } from "../lib/log/log.ts";
import type { RandomBytes } from "../lib/random.ts";
import type { Clock } from "../lib/time/clock.ts";
import type { Meter } from "../usage/meter.ts";
import type { Candidate } from "./recognize.ts";

export type BeginDeps = {
  readonly random: RandomBytes;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly log: Log;
};

type ObservedRequest = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly exchange: Exchange;
};

/** The start of every request that the fast path serves or refuses. */
export type Begin = {
  /** Begins the exchange of a request. After this, the fast path must respond to it. */
  readonly begin: (candidate: Candidate, outcome: Outcome) => Exchange;
  /** Logs and meters the response when it is closed, then calls `whenClosed`. */
  readonly observe: (request: ObservedRequest, whenClosed: () => void) => void;
};

export function createBegin({ random, meter, clock, log }: BeginDeps): Begin {
  return {
    begin: ({ req, peer, route: { operation, scopes }, pathParams, identity }, outcome) => {
      const requestId = newRequestId(random);
      const known = { requestId, peer, operation, pathParams, identity, outcome, scopes };
      return beginExchange(req, { ...known, isLast: false, mayLeaveUnreadBody: false, cost: 0 });
    },
    observe: ({ req, res, exchange }, whenClosed) => {
      logResponse({ req, res, exchange, log });
      meterResponse({ req, res, exchange, meter, clock, whenClosed });
    },
  };
}
