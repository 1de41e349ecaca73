import type { ServerResponse } from "node:http";
import { StoreFailure } from "../../store/database/failure.ts";
import { type Exchange, exchangeOf } from "./exchange.ts";

/**
 * Whether the units that a request took from limits are refunded: only if this service failed and the request certainly
 * had no effect. Otherwise a client that can make the last stage fail would act for free. A client that disconnects
 * before the response gets no refund.
 */
export function isRefunded({ statusCode, headersSent }: ServerResponse, exchange: Exchange): boolean {
  const { mayHaveSideEffects, status = statusCode } = exchange;
  return headersSent && status >= 500 && mayHaveSideEffects !== true;
}

/** A read that fails in the store has no effect; after any other failure a part of the work may have been done. */
export function noteStoreFailure(req: object, error: unknown) {
  const exchange = exchangeOf(req);
  if (error instanceof StoreFailure && exchange.operation?.method === "GET") exchange.mayHaveSideEffects = false;
}
