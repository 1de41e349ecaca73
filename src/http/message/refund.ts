import type { ServerResponse } from "node:http";
import { StoreFailure } from "../../store/database/failure.ts";
import { type Exchange, exchangeOf } from "./exchange.ts";

/**
 * Is what a request took given back? Only where it fails for our fault and certainly was not carried out: else a client that can
 * make the last step fail would act for free. A client that leaves before the answer gets nothing back.
 */
export function isRefunded({ statusCode, headersSent }: ServerResponse, exchange: Exchange): boolean {
  const { mayHaveSideEffects, status = statusCode } = exchange;
  return headersSent && status >= 500 && mayHaveSideEffects !== true;
}

/** A read that the store could not answer did nothing; after any other failure a part may have been done. */
export function noteStoreFailure(req: object, error: unknown) {
  const exchange = exchangeOf(req);
  if (error instanceof StoreFailure && exchange.operation?.method === "GET") exchange.mayHaveSideEffects = false;
}
