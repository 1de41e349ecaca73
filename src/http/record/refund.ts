import { StoreFailure } from "../../store/database/failure.ts";
import type { Exchange } from "../message/exchange.ts";

/**
 * Whether the units that a request took from limits are refunded: only if this service failed and the request certainly
 * had no effect. Otherwise a client that can make the last stage fail would act for free. A client that disconnects
 * before the response gets no refund.
 */
export function isRefunded({ res, mayHaveSideEffects, problemStatus }: Exchange): boolean {
  return res.headersSent && (problemStatus ?? res.statusCode) >= 500 && !mayHaveSideEffects;
}

/** A read that fails in the store has no effect; after any other failure a part of the work may have been done. */
export function noteStoreFailure(exchange: Exchange, error: unknown) {
  if (error instanceof StoreFailure && exchange.operation?.method === "GET") exchange.mayHaveSideEffects = false;
}
