import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "../../lib/log/log.ts";
import { type Exchange, exchangeOf, knownKeyOf } from "../message/exchange.ts";
import type { Stage } from "../stage.ts";

/** Logs one line per response, with `LOG_LEVEL=debug` only. */
export function accessLog(log: Log): Stage {
  return (req, res, next) => {
    logResponse({ req, res, exchange: exchangeOf(req), log });
    next();
  };
}

type Logged = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly exchange: Exchange;
  readonly log: Log;
};

/** Logs the line once the response is out. */
export function logResponse({ req, res, exchange, log }: Logged) {
  if (!log.isLevelEnabled("debug")) return;
  const startedAt = performance.now();
  res.once("close", () => {
    const { requestId, peer, operation } = exchange;
    log.debug(
      {
        requestId,
        address: peer.address,
        method: req.method,
        operation: operation?.id,
        status: res.statusCode,
        ...(!res.writableFinished && { isCutOff: true }),
        keyId: knownKeyOf(exchange)?.id,
        durationMs: Math.round((performance.now() - startedAt) * 1000) / 1000,
      },
      "response sent",
    );
  });
}
