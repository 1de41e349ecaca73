import type { Log } from "../../lib/log/log.ts";
import type { Exchange } from "../message/exchange.ts";

/** Logs one line per response, with `LOG_LEVEL=debug` only. */
export function logResponse(log: Log, exchange: Exchange, durationMs: number) {
  if (!log.isLevelEnabled("debug")) return;
  const { requestId, peer, message, operation, res, knownKey } = exchange;
  log.debug(
    {
      requestId,
      address: peer.address,
      method: message.method,
      operation: operation?.id,
      status: res.statusCode,
      // A connection that has changed its protocol ends without an end of the response.
      ...(!res.writableFinished && res.statusCode !== 101 && { isCutOff: true }),
      keyId: knownKey?.id,
      durationMs: Math.round(durationMs * 1000) / 1000,
    },
    "response sent",
  );
}
