import type { Readable } from "node:stream";
import { type Dispatcher, errors, Pool } from "undici";
import type { Ask } from "./admission.ts";
import { createConnector } from "./connect.ts";
import { NotAdmitted, TooSlow } from "./paced-body.ts";
import { createSlots } from "./slots.ts";

/** How long an upstream may take; each in milliseconds. */
export type Patience = {
  readonly connectTimeoutMs: number;
  /** Until its head is there. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of its body. */
  readonly bodyTimeoutMs: number;
  /** Until one of its connections is free. */
  readonly queueTimeoutMs: number;
};

export const PATIENCE: Patience = {
  connectTimeoutMs: 5_000,
  headersTimeoutMs: 30_000,
  bodyTimeoutMs: 30_000,
  queueTimeoutMs: 10_000,
};

const MOST_HEADER_BYTES = 16_384;
/** So many may wait for each connection: quick operations work off a burst, and slow ones do not gather all of memory. */
const PLACES_PER_CONNECTION = 8;

/** What became of a request; a head of which nothing was looked at yet. */
export type Asked =
  | { readonly kind: "head"; readonly status: number; readonly headers: readonly string[]; readonly body: Readable }
  | {
      readonly kind: "unreachable" | "broken" | "timeout" | "slow-body" | "busy" | "not-admitted";
      readonly cause: unknown;
    };

export type Outgoing = Omit<Dispatcher.RequestOptions, "signal" | "responseHeaders"> & { readonly signal: AbortSignal };

export type ConnectionPool = {
  /**
   * Never throws.
   * @param isStillAdmitted asked after a wait for a connection, before anything is sent.
   */
  readonly request: (ask: Ask, options: Outgoing, isStillAdmitted: () => Promise<boolean>) => Promise<Asked>;
  readonly size: () => { readonly held: number; readonly waiting: number };
  /** Ends what is under way. */
  readonly close: () => Promise<void>;
};

/** The connections to one upstream, shared between operations and clients: see `createAdmission`. */
export function openConnectionPool(origin: string, connections: number, patience: Patience): ConnectionPool {
  const pool = openPool(origin, connections, patience);
  const places = PLACES_PER_CONNECTION * connections;
  const slots = createSlots({ slots: connections, places }, patience.queueTimeoutMs);
  return {
    request: async (ask, options, isStillAdmitted) => {
      const slot = await slots.take(ask, options.signal);
      if (slot.kind === "busy") return { kind: "busy", cause: new Error("All connections are in use.") };
      if (slot.kind === "gone") return { kind: "broken", cause: options.signal.reason };
      if (slot.hasWaited && !(await isStillAdmitted())) {
        slot.release();
        return { kind: "not-admitted", cause: undefined };
      }
      const forwardAuth = await send(pool, options);
      if (forwardAuth.kind === "head") releaseAtTheEnd(forwardAuth.body, options.signal, slot.release);
      else slot.release();
      return forwardAuth;
    },
    size: slots.size,
    close: () => pool.destroy(),
  };
}

/** The connection is free when the answer was read, broke off, or is not wanted any more. */
function releaseAtTheEnd(body: Readable, signal: AbortSignal, release: () => void) {
  body.once("close", release);
  signal.addEventListener("abort", release, { once: true });
  if (body.closed || signal.aborted) release();
}

function openPool(origin: string, connections: number, patience: Patience): Pool {
  return new Pool(origin, {
    connections,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: MOST_HEADER_BYTES,
    headersTimeout: patience.headersTimeoutMs,
    bodyTimeout: patience.bodyTimeoutMs,
    connect: createConnector(patience.connectTimeoutMs),
  });
}

async function send(pool: Pool, options: Outgoing): Promise<Asked> {
  try {
    const { statusCode, headers, body } = await pool.request({ ...options, responseHeaders: "raw" });
    // A discarded body emits an error, and an error without a listener would end the process.
    body.on("error", () => {});
    // Raw: name, value, name, value, …; the types of undici do not know that.
    const raw = headers as unknown as readonly (string | Buffer)[];
    return { kind: "head", status: statusCode, headers: raw.map((text) => text.toString("latin1" as never)), body };
  } catch (cause) {
    return { kind: kindOf(cause), cause };
  }
}

/** The calls of the system before a connection is there. On one that is there the same codes come after bytes were sent. */
const REACHING = ["connect", "getaddrinfo"];

function kindOf(cause: unknown): Exclude<Asked["kind"], "head" | "busy"> {
  if (cause instanceof TooSlow) return "slow-body";
  if (cause instanceof NotAdmitted) return "not-admitted";
  if (cause instanceof errors.HeadersTimeoutError || cause instanceof errors.BodyTimeoutError) return "timeout";
  if (cause instanceof errors.ConnectTimeoutError) return "unreachable";
  // Node tries every address of a name, and gathers what came of it.
  const failures = cause instanceof AggregateError ? cause.errors : [cause];
  const isNeverReached = failures.every((one: NodeJS.ErrnoException) => REACHING.includes(one.syscall ?? ""));
  return isNeverReached && failures.length > 0 ? "unreachable" : "broken";
}
