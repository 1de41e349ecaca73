import type { Socket } from "node:net";
import { createSideTable } from "../../lib/side-table.ts";
import type { Clock } from "../../lib/time/clock.ts";
import type { Meter } from "../../usage/meter.ts";
import type { Exchange } from "../message/exchange.ts";
import { isRefunded } from "./refund.ts";

type Seen = { bytesIn: number; bytesOut: number };

/** The bytes of a connection up to its last metered response; the rest belongs to the next one. */
const SEEN = createSideTable<Seen>();

export type MeterDeps = { readonly meter: Meter; readonly clock: Clock };

/** Records one usage event for a response that is out. @param socket the connection it was written to. */
export function meterResponse({ meter, clock }: MeterDeps, exchange: Exchange, socket: Socket, durationMs: number) {
  const { operation, code, cost, peer, res, knownKey, problemStatus = res.statusCode } = exchange;
  const { bytesIn, bytesOut } = bytesOf(socket);
  meter.record({
    clientId: knownKey?.client.id ?? "",
    keyId: knownKey?.id ?? "",
    environment: knownKey?.environment ?? "",
    operation: operation?.id ?? "",
    // Without a response, the client disconnected: a client error.
    statusClass: res.headersSent ? Math.floor(problemStatus / 100) : 4,
    code: res.headersSent ? code : "client-gone",
    bytesIn,
    bytesOut,
    at: clock.now(),
    cost: isRefunded(exchange) ? 0 : cost,
    durationMs,
    network: peer.network,
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
  { meter, clock }: MeterDeps,
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
