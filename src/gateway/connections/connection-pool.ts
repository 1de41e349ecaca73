import type { Readable } from "node:stream";
import { type Dispatcher, errors, Pool } from "undici";
import type { UpstreamFailure } from "../stream-port.ts";
import { KeyNotAdmitted, UploadTooSlow } from "../streamed-body.ts";
import type { ConnectionCounts } from "./admission.ts";
import { createConnectionQueue } from "./connection-queue.ts";
import { createConnector } from "./connector.ts";
import type { ConnectionRequest } from "./shares.ts";

/** How long an upstream may take. */
export type UpstreamTimeouts = {
  readonly connectTimeoutMs: number;
  /** Until the head of the response has arrived. */
  readonly headersTimeoutMs: number;
  /** Between two chunks of its body. */
  readonly bodyTimeoutMs: number;
  /** Until one of its connections is free. */
  readonly queueTimeoutMs: number;
};

export const UPSTREAM_TIMEOUTS: UpstreamTimeouts = {
  connectTimeoutMs: 5_000,
  headersTimeoutMs: 30_000,
  bodyTimeoutMs: 30_000,
  queueTimeoutMs: 10_000,
};

const MAX_HEADER_BYTES = 16_384;
/**
 * How many requests may wait for each connection: enough for a burst of quick ones, too few for slow ones to fill
 * memory.
 */
const PLACES_PER_CONNECTION = 8;

/** The head of a response, unchecked, or why there is none. */
export type PoolOutcome =
  | {
      readonly kind: "head";
      readonly status: number;
      /** Name, value, name, value, … */
      readonly rawHeaders: readonly string[];
      /** It has a listener for errors, so that destroying it, or leaving it unread, cannot end the process. */
      readonly body: Readable;
    }
  | { readonly kind: "not-admitted" }
  | UpstreamFailure;

type PoolRequest = Omit<Dispatcher.RequestOptions, "signal" | "responseHeaders"> & {
  readonly signal: AbortSignal;
};

export type ConnectionPool = {
  /**
   * Never throws.
   * @param isStillAdmitted asked after a wait for a connection, before anything is sent.
   */
  readonly request: (
    connection: ConnectionRequest,
    request: PoolRequest,
    isStillAdmitted: () => Promise<boolean>,
  ) => Promise<PoolOutcome>;
  readonly size: () => ConnectionCounts;
  /** Breaks off the requests that are still open. */
  readonly close: () => Promise<void>;
};

/** The connections to one upstream, shared between operations and clients: see `createAdmission`. */
export function openConnectionPool(origin: string, connections: number, timeouts: UpstreamTimeouts): ConnectionPool {
  const pool = openPool(origin, connections, timeouts);
  const places = PLACES_PER_CONNECTION * connections;
  const queue = createConnectionQueue({ connections, places }, timeouts.queueTimeoutMs);
  return {
    request: async (wanted, request, isStillAdmitted) => {
      const connection = await queue.acquire(wanted, request.signal);
      if (connection.kind === "busy") return { kind: "busy", cause: new Error("All connections are in use.") };
      if (connection.kind === "client-gone") return { kind: "broken", cause: request.signal.reason };
      if (connection.hasWaited && !(await isStillAdmitted())) {
        connection.release();
        return { kind: "not-admitted" };
      }
      const outcome = await send(pool, request);
      if (outcome.kind === "head") releaseAtTheEnd(outcome.body, request.signal, connection.release);
      else connection.release();
      return outcome;
    },
    size: queue.size,
    close: () => pool.destroy(),
  };
}

/** Releases the connection when the response has been read, has broken off, or is not wanted any more. */
function releaseAtTheEnd(body: Readable, signal: AbortSignal, release: () => void) {
  body.once("close", release);
  signal.addEventListener("abort", release, { once: true });
  if (body.closed || signal.aborted) release();
}

function openPool(origin: string, connections: number, timeouts: UpstreamTimeouts): Pool {
  return new Pool(origin, {
    connections,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: timeouts.headersTimeoutMs,
    bodyTimeout: timeouts.bodyTimeoutMs,
    connect: createConnector(timeouts.connectTimeoutMs),
  });
}

async function send(pool: Pool, request: PoolRequest): Promise<PoolOutcome> {
  try {
    const { statusCode, headers, body } = await pool.request({ ...request, responseHeaders: "raw" });
    // A destroyed body emits an error, and an error without a listener would end the process.
    body.on("error", () => {});
    return { kind: "head", status: statusCode, rawHeaders: toText(headers), body };
  } catch (cause) {
    if (cause instanceof KeyNotAdmitted) return { kind: "not-admitted" };
    return { kind: failureOf(cause), cause };
  }
}

/** Raw headers are a list, which the types of undici do not say. */
function toText(headers: unknown): readonly string[] {
  if (!Array.isArray(headers)) throw new TypeError("The headers of the response are not a list.");
  return headers.map((text: unknown) => (Buffer.isBuffer(text) ? text.toString("latin1") : String(text)));
}

/**
 * System calls made before a connection exists. On an open connection the same error codes come after bytes were sent.
 */
const CONNECT_CALLS = ["connect", "getaddrinfo"];

function failureOf(cause: unknown): Exclude<UpstreamFailure["kind"], "busy"> {
  if (cause instanceof UploadTooSlow) return "slow-body";
  if (cause instanceof errors.HeadersTimeoutError || cause instanceof errors.BodyTimeoutError) return "timeout";
  if (cause instanceof errors.ConnectTimeoutError) return "unreachable";
  // Node tries every address of a name, and collects the errors.
  const failures = cause instanceof AggregateError ? cause.errors : [cause];
  const isNeverReached = failures.every((one: NodeJS.ErrnoException) => CONNECT_CALLS.includes(one.syscall ?? ""));
  return isNeverReached && failures.length > 0 ? "unreachable" : "broken";
}
