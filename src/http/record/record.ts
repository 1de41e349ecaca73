import type { Log } from "../../lib/log/log.ts";
import type { Exchange } from "../message/exchange.ts";
import { logResponse } from "./access-log.ts";
import { type MeterDeps, meterResponse } from "./metering.ts";
import { isRefunded } from "./refund.ts";

/** Records the response of an exchange once it is out, or its client is gone; refusals and faults too. */
export type RecordResponse = (exchange: Exchange) => void;

export function createRecordResponse({ log, ...deps }: MeterDeps & { readonly log: Log }): RecordResponse {
  return (exchange) => {
    const { req, res } = exchange;
    const startedAt = performance.now();
    // Read now, because Node removes the socket from a request that failed.
    const { socket } = req;
    res.on("close", () => {
      const durationMs = performance.now() - startedAt;
      logResponse(log, exchange, durationMs);
      meterResponse(deps, exchange, socket, durationMs);
      if (isRefunded(exchange)) exchange.verdict?.refund();
    });
  };
}
