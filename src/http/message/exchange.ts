import type { Request } from "express";
import type { Outcome } from "../../auth/authorize.ts";
import type { Identity } from "../../auth/identify.ts";
import type { Operation } from "../../contract/model/operations.ts";
import type { ApiKey } from "../../keys/key.ts";
import { createSideTable } from "../../lib/side-table.ts";
import type { Peer } from "./peer.ts";

/** What the stages of the pipeline find out about a request, each for the stages after it. */
export type Exchange = {
  readonly requestId: string;
  readonly peer: Peer;
  /** The connection is closed after this response in any case. */
  readonly isLast: boolean;
  /** A body may be left unread, so the connection has to end with the response; `body` clears this. */
  mayLeaveUnreadBody: boolean;
  /** Set by `forwardAuth`: a proxy asks whether it may forward this request, so it is not carried out here. */
  isForwardAuth?: true;
  /** Set with it: the proxy is nginx, which only understands 401 and 403. */
  isFromNginx?: true;
  /** Set by `match`. */
  operation?: Operation;
  pathParams?: Readonly<Record<string, string>>;
  /** Set by `body`, or on the fast path: the decoded body, or that it is streamed to the upstream. */
  bodyBytes?: Buffer;
  isBodyStreamed?: true;
  /** Set by `identifyKey`. */
  identity?: Identity;
  /** Set by `authorize`: the scopes that the validator required, and the outcome. */
  scopes?: readonly string[];
  outcome?: Outcome;
  /** Set by `limit`: the units that it took from limits and quotas. */
  cost?: number;
  /** Set when a handler or an upstream is called; false again if it certainly changed nothing. */
  mayHaveSideEffects?: boolean;
  /** Set with a problem: its code. */
  code?: string;
  /** Set with it if the response has another status than the problem. */
  status?: number;
};

// In a side table and not on the request: handlers and other middleware cannot read or forge it.
const EXCHANGES = createSideTable<Exchange>();

export function beginExchange(req: object, exchange: Exchange): Exchange {
  EXCHANGES.set(req, exchange);
  return exchange;
}

/** @throws Error when the request did not pass the stage `edge`. */
export function exchangeOf(req: object): Exchange {
  const exchange = EXCHANGES.get(req);
  if (exchange === undefined) throw new Error("This request did not pass the stage edge.");
  return exchange;
}

/** The key that was presented, if it is a known key, whether or not it was admitted. */
export function knownKeyOf({ outcome }: Pick<Exchange, "outcome">): ApiKey | undefined {
  return outcome !== undefined && "key" in outcome ? outcome.key : undefined;
}

/** The key with which the request was admitted; undefined also for operations that need none. */
export function admittedKeyOf({ outcome }: Pick<Exchange, "outcome">): ApiKey | undefined {
  return outcome?.kind === "admitted" ? outcome.key : undefined;
}

/** The matched operation. @throws Error before `match`. */
export function operationOf(req: Request): Operation {
  const { operation } = exchangeOf(req);
  if (operation === undefined) throw new Error("This request matched no operation.");
  return operation;
}
