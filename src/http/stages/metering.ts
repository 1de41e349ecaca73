import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createSideTable } from "../../lib/side-table.ts";
import type { Clock } from "../../lib/time/clock.ts";
import type { Meter } from "../../usage/meter.ts";
import { type Exchange, exchangeOf, knownKeyOf } from "../message/exchange.ts";
import { isRefunded } from "../message/refund.ts";
import type { Stage } from "../stage.ts";

type Seen = { bytesIn: number; bytesOut: number };

/** The bytes of a connection up to its last metered response; the rest belongs to the next one. */
const SEEN = createSideTable<Seen>();

/** Records one usage event for every response, refusals too, once it is out. */
export function metering(meter: Meter, clock: Clock): Stage {
  return (req, res, next) => {
    meterResponse({ req, res, exchange: exchangeOf(req), meter, clock });
    next();
  };
}

type Metered = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly exchange: Exchange;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly whenClosed?: () => void;
};

/**
 * Records a response once it is out, with what is known about the request by then.
 * @param whenClosed called after that.
 */
export function meterResponse({ req, res, exchange, meter, clock, whenClosed }: Metered) {
  const startedAt = performance.now();
  // Read now, because Node removes the socket from a request that failed.
  const { socket } = req;
  res.on("close", () => {
    const { operation, code, cost: taken = 0, peer, status = res.statusCode } = exchange;
    const key = knownKeyOf(exchange);
    const { bytesIn, bytesOut } = bytesOf(socket);
    meter.record({
      clientId: key?.client.id ?? "",
      keyId: key?.id ?? "",
      environment: key?.environment ?? "",
      operation: operation?.id ?? "",
      // Without a response, the client disconnected: a client error.
      statusClass: res.headersSent ? Math.floor(status / 100) : 4,
      code: res.headersSent ? (code ?? "") : "client-gone",
      bytesIn,
      bytesOut,
      at: clock.now(),
      cost: isRefunded(res, exchange) ? 0 : taken,
      durationMs: performance.now() - startedAt,
      network: peer.network,
    });
    whenClosed?.();
  });
}

function bytesOf(socket: Socket): Seen {
  const { bytesRead = 0, bytesWritten = 0 } = socket;
  const seen = SEEN.get(socket) ?? { bytesIn: 0, bytesOut: 0 };
  const bytes = { bytesIn: bytesRead - seen.bytesIn, bytesOut: bytesWritten - seen.bytesOut };
  seen.bytesIn = bytesRead;
  seen.bytesOut = bytesWritten;
  SEEN.set(socket, seen);
  return bytes;
}

/** Records a response to a message that never reached the pipeline. */
export function recordWithoutExchange(
  meter: Meter,
  clock: Clock,
  { status, code }: { readonly status: number; readonly code: string },
) {
  meter.record({
    clientId: "",
    keyId: "",
    environment: "",
    operation: "",
    statusClass: Math.floor(status / 100),
    code,
    at: clock.now(),
    cost: 0,
    bytesIn: 0,
    bytesOut: 0,
    durationMs: 0,
    network: "",
  });
}
