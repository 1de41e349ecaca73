import type { Socket } from "node:net";
import type { Request, RequestHandler, Response } from "express";
import { networkOf } from "../keys/networks.ts";
import type { Clock } from "../lib/clock.ts";
import type { Dimensions } from "../usage/event.ts";
import type { Meter } from "../usage/meter.ts";
import { exchangeOf } from "./exchange.ts";

type Seen = { bytesIn: number; bytesOut: number };

/** What a connection had carried when its last answer was counted: the rest belongs to the next one. */
const SEEN = new WeakMap<Socket, Seen>();

/** Around everything: one event on every answer, refusals too, when it is out. */
export function metering(meter: Meter, clock: Clock): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    // Node takes the connection away from a request that ended badly.
    const { socket } = req;
    res.once("close", () => {
      const { cost: taken = 0, peer } = exchangeOf(req);
      // What fails for our fault is given back: see `limit`.
      const cost = res.statusCode >= 500 ? 0 : taken;
      meter.record({
        ...dimensionsOf(req, res),
        ...bytesOf(socket),
        at: clock.now(),
        cost,
        durationMs: performance.now() - startedAt,
        network: networkOf(peer.address),
      });
    });
    next();
  };
}

function dimensionsOf(req: Request, res: Response): Dimensions {
  const { operation, outcome, code } = exchangeOf(req);
  const key = outcome !== undefined && "key" in outcome ? outcome.key : undefined;
  return {
    clientId: key?.client.id ?? "",
    keyId: key?.id ?? "",
    environment: key?.environment ?? "",
    operation: operation?.id ?? "",
    // Who was gone before there was an answer caused that.
    statusClass: res.headersSent ? Math.floor(res.statusCode / 100) : 4,
    code: res.headersSent ? (code ?? "") : "client-gone",
  };
}

function bytesOf(socket: Socket): Seen {
  const { bytesRead = 0, bytesWritten = 0 } = socket;
  const before = SEEN.get(socket) ?? { bytesIn: 0, bytesOut: 0 };
  SEEN.set(socket, { bytesIn: bytesRead, bytesOut: bytesWritten });
  return { bytesIn: bytesRead - before.bytesIn, bytesOut: bytesWritten - before.bytesOut };
}

/** An answer to what never became a request that anybody looked at. */
export function recordUnread(
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
