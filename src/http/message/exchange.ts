import type { Request } from "express";
import type { Outcome } from "../../auth/authorize.ts";
import type { Identity } from "../../auth/identify.ts";
import type { Operation } from "../../contract/model/operations.ts";
import { createSideTable } from "../../lib/side-table.ts";
import type { Peer } from "./peer.ts";

/** What the steps of the pipeline find out about a request, each for those after it. */
export type Exchange = {
  readonly requestId: string;
  readonly peer: Peer;
  /** The connection ends with this answer, whatever comes. */
  readonly isLast: boolean;
  /** More of the body may be on its way than anybody wants to read; `body` takes this back. */
  mayLeaveUnreadBody: boolean;
  /** Written by `forwardAuth`: a proxy wants to know whether the request may go on; it is not carried out here. */
  isForwardAuth?: true;
  /** Written with it: the proxy is nginx, which understands 401 and 403 alone. */
  isFromNginx?: true;
  /** Written by `match`. */
  operation?: Operation;
  pathParams?: Readonly<Record<string, string>>;
  /** Written by `body`, or before it: what was read, decoded; or that it goes on to the upstream as it comes. */
  bodyBytes?: Buffer;
  isBodyStreamed?: true;
  /** Written by `identify`, for operations that ask for a key. */
  identity?: Identity;
  /** Written by `authorize`: what the validator asked for, and what came of it. */
  scopes?: readonly string[];
  outcome?: Outcome;
  /** Written by `limit`: what it took from limits and quotas. */
  cost?: number;
  /** Written when a handler or an upstream is asked; false again where it certainly did nothing. */
  mayHaveSideEffects?: boolean;
  /** Written with a problem: its code. */
  code?: string;
  /** Written with it: its status, where the answer itself has another one. */
  status?: number;
};

// Beside the request and not on it: handlers, upstreams and other middleware cannot reach or forge it.
const EXCHANGES = createSideTable<Exchange>();

export function beginExchange(req: object, exchange: Exchange): Exchange {
  EXCHANGES.set(req, exchange);
  return exchange;
}

/** @throws Error when the request did not come through `edge`. */
export function exchangeOf(req: object): Exchange {
  const exchange = EXCHANGES.get(req);
  if (exchange === undefined) throw new Error("This request did not pass the edge.");
  return exchange;
}

/** The matched operation. @throws Error before `match`. */
export function operationOf(req: Request): Operation {
  const { operation } = exchangeOf(req);
  if (operation === undefined) throw new Error("This request matched no operation.");
  return operation;
}
