import { Pool } from "undici";
import type { UpstreamRequest } from "../upstream-port.ts";
import { type ConnectionCounts, createAdmission } from "./admission.ts";
import { type ConnectionOutcome, createConnectionQueue } from "./connection-queue.ts";
import { createConnector } from "./connector.ts";
import type { ConnectionRequest } from "./shares.ts";
import { type CallOutcome, type CallRequest, ClientGone, callUpstream } from "./upstream-call.ts";

/** How long an upstream may take. */
export type UpstreamTimeouts = {
  readonly connectTimeoutMs: number;
  /** Until the head of the response has arrived; 0: without a limit. */
  readonly firstByteTimeoutMs: number;
  /** Between two chunks of its body; 0: without a limit. A client that reads slowly does not count. */
  readonly betweenBytesTimeoutMs: number;
  /** Until one of its connections is free. */
  readonly queueTimeoutMs: number;
};

export const UPSTREAM_TIMEOUTS: UpstreamTimeouts = {
  connectTimeoutMs: 5_000,
  firstByteTimeoutMs: 60_000,
  betweenBytesTimeoutMs: 300_000,
  queueTimeoutMs: 10_000,
};

const MAX_HEADER_BYTES = 16_384;
/**
 * How many requests may wait for each connection: enough for a burst of quick ones, too few for slow ones to fill
 * memory.
 */
const PLACES_PER_CONNECTION = 8;

/** Who waits for a call. */
type Waiter = Pick<UpstreamRequest, "client" | "isStillAdmitted">;

export type ConnectionPool = {
  /** Never throws. After a wait for a connection, and before anything is sent, it asks `isStillAdmitted`. */
  readonly request: (
    connection: ConnectionRequest,
    request: CallRequest,
    waiter: Waiter,
  ) => CallOutcome | Promise<CallOutcome>;
  readonly size: () => ConnectionCounts;
  /**
   * Takes one of the connections that are kept for WebSockets, because they may last for days.
   * @returns what gives it back; undefined if none is free for this operation or client.
   */
  readonly takeTunnel: (connection: ConnectionRequest) => (() => void) | undefined;
  /** Breaks off the requests that are still open. */
  readonly close: () => Promise<void>;
};

/** The most connections to one upstream. */
export type PoolLimits = {
  readonly connections: number;
  /** WebSockets, besides. */
  readonly tunnels: number;
};

/** The connections to one upstream, shared between operations and clients: see `createAdmission`. */
export function openConnectionPool(origin: string, limits: PoolLimits, timeouts: UpstreamTimeouts): ConnectionPool {
  const { connections } = limits;
  const pool = openPool(origin, connections, timeouts);
  const places = PLACES_PER_CONNECTION * connections;
  const queue = createConnectionQueue({ connections, places }, timeouts.queueTimeoutMs);

  const tunnels = createAdmission<ConnectionRequest>({ connections: limits.tunnels, places: 0 });

  const call = (connection: ConnectionOutcome, request: CallRequest, { client }: Waiter) => {
    if (connection.kind === "busy") return BUSY;
    if (connection.kind === "client-gone") return { kind: "broken", cause: new ClientGone() } as const;
    return callUpstream(pool, request, { client, release: connection.release });
  };
  const callAfterWait = async (waiting: Promise<ConnectionOutcome>, request: CallRequest, waiter: Waiter) => {
    const connection = await waiting;
    if (connection.kind === "acquired" && !(await waiter.isStillAdmitted())) {
      connection.release();
      return { kind: "not-admitted" } as const;
    }
    return call(connection, request, waiter);
  };

  return {
    request: (wanted, request, waiter) => {
      const connection = queue.acquire(wanted, waiter.client);
      if (connection instanceof Promise) return callAfterWait(connection, request, waiter);
      return call(connection, request, waiter);
    },
    size: queue.size,
    takeTunnel: (wanted) => {
      const request = { ...wanted };
      return tunnels.enter(request) === "admitted" ? () => void tunnels.leave(request) : undefined;
    },
    close: () => pool.destroy(),
  };
}

const BUSY = { kind: "busy", cause: new Error("All connections are in use.") } as const;

function openPool(origin: string, connections: number, timeouts: UpstreamTimeouts): Pool {
  return new Pool(origin, {
    connections,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    connect: createConnector(timeouts.connectTimeoutMs),
  });
}
