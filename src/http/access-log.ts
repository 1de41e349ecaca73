import type { RequestHandler } from "express";
import type { Log } from "../lib/log.ts";
import { exchangeOf } from "./exchange.ts";

/** One line per answer, for whoever asked for that much (`LOG_LEVEL=debug`). */
export function accessLog(log: Log): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    res.once("close", () => {
      const { requestId, peer, operation, outcome } = exchangeOf(req);
      log.debug(
        {
          requestId,
          address: peer.address,
          method: req.method,
          operation: operation?.id,
          status: res.statusCode,
          ...(!res.writableFinished && { isCutOff: true }),
          keyId: outcome !== undefined && "key" in outcome ? outcome.key.id : undefined,
          durationMs: Math.round((performance.now() - startedAt) * 1000) / 1000,
        },
        "answered",
      );
    });
    next();
  };
}
