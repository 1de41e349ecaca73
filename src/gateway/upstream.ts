import type { Readable } from "node:stream";
import { type Dispatcher, errors, Pool } from "undici";
import type { Operation } from "../contract/operations.ts";
import { toTarget } from "../contract/target.ts";
import type { Clock } from "../lib/clock.ts";
import { type Caller, type CheckedHeader, callerHeaders, toUpstreamHeaders } from "./request-headers.ts";
import { toClientHeaders } from "./response-headers.ts";
import { createSign } from "./signature.ts";

export type UpstreamOptions = {
  /** Where requests go whose operation names no upstream of its own. */
  readonly url: string | undefined;
  readonly secret: string | undefined;
  /** Names of headers that carry keys, in lower case. */
  readonly carriers: readonly string[];
  readonly clock: Clock;
  readonly patience?: Patience;
};

/** How long an upstream may take; each in milliseconds. */
export type Patience = {
  readonly connectTimeoutMs: number;
  /** Until its head is there. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of its body. */
  readonly bodyTimeoutMs: number;
};

const PATIENCE: Patience = { connectTimeoutMs: 5_000, headersTimeoutMs: 30_000, bodyTimeoutMs: 30_000 };

/** How many connections one upstream gets at most; what comes on top waits for one. */
const MOST_CONNECTIONS = 256;
const MOST_HEADER_BYTES = 16_384;

/** What would make an answer another one than the contract describes: encoded, or a part of it. */
const ANSWER_FORMS = ["accept-encoding", "range", "if-range"];

type Outgoing = Caller & {
  readonly operation: Operation;
  readonly method: string;
  readonly pathParams: Readonly<Record<string, string>>;
  readonly query: string;
  readonly rawHeaders: readonly string[];
  readonly checkedHeaders: readonly CheckedHeader[];
  readonly body: Buffer | Readable | undefined;
  readonly length: string | undefined;
  readonly signal: AbortSignal;
};

type Incoming =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: [string, string][];
      readonly body: Readable;
    }
  | { readonly kind: "refused" }
  | { readonly kind: "unreachable" | "broken" | "timeout"; readonly cause: unknown };

/** Sends requests to the upstreams of a contract, over connections that are kept, and follows no redirect. */
export function createUpstream({ url, secret, carriers, clock, patience = PATIENCE }: UpstreamOptions) {
  const pools = new Map<string, Pool>();
  const sign = secret === undefined ? undefined : createSign(secret);

  const send = async (outgoing: Outgoing): Promise<Incoming> => {
    const { operation, method, pathParams, query, body, key } = outgoing;
    const at = new URL(operation.upstream ?? url ?? "http://upstream.invalid");
    const target = toTarget(operation.path, pathParams, { base: at.pathname.replace(/\/$/, ""), query });
    if (target === undefined) return { kind: "refused" };

    // What `identifyCaller` has left in Authorization is a login, which the upstream wants to see.
    const removed = operation.responses === "off" ? carriers : [...carriers, ...ANSWER_FORMS];
    const headers = toUpstreamHeaders(outgoing.rawHeaders, { removed, checked: outgoing.checkedHeaders }, outgoing);
    if (sign !== undefined) {
      const identity = callerHeaders(outgoing).map(([, value]) => value);
      const timestamp = Math.floor(clock.now() / 1000);
      headers.push(["X-Latchkey-Signature", sign({ timestamp, method, target, identity })]);
    }
    return request(
      poolOf(at.origin),
      {
        path: target,
        method: method as Dispatcher.HttpMethod,
        headers: withBodyHeaders(headers, outgoing).flat(),
        body: body ?? null,
        signal: outgoing.signal,
        responseHeaders: "raw",
      },
      key !== undefined,
    );
  };

  const poolOf = (origin: string) => {
    const pool = pools.get(origin) ?? openPool(origin, patience);
    pools.set(origin, pool);
    return pool;
  };

  return {
    send,
    /** Ends what is under way. */
    close: async () => void (await Promise.all([...pools.values()].map((pool) => pool.destroy()))),
  };
}

function openPool(origin: string, { connectTimeoutMs, headersTimeoutMs, bodyTimeoutMs }: Patience): Pool {
  return new Pool(origin, {
    connections: MOST_CONNECTIONS,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: MOST_HEADER_BYTES,
    headersTimeout: headersTimeoutMs,
    bodyTimeout: bodyTimeoutMs,
    connect: { timeout: connectTimeoutMs },
  });
}

/** A body that was read is sent decoded, with its own length; one that streams as it was announced. */
function withBodyHeaders(headers: readonly [string, string][], { body, length }: Outgoing): [string, string][] {
  const isRead = Buffer.isBuffer(body) || body === undefined;
  const about = body === undefined ? /^content-(?:type|encoding)$/i : /^content-encoding$/i;
  // The first line is what was looked at; another one could make something else of the body.
  const first = headers.findIndex(([name]) => /^content-type$/i.test(name));
  const single = headers.filter(([name], index) => index === first || !/^content-type$/i.test(name));
  const kept = isRead ? single.filter(([name]) => !about.test(name)) : single;
  return length === undefined ? kept : [...kept, ["Content-Length", length]];
}

async function request(pool: Pool, options: Dispatcher.RequestOptions, isKeyed: boolean): Promise<Incoming> {
  try {
    const { statusCode, headers, body } = await pool.request(options);
    if (statusCode < 200 || statusCode > 599) {
      // It says so when it is let go, and an error that nobody listens to would end the process.
      body.on("error", () => {}).destroy();
      return { kind: "broken", cause: new Error(`The upstream answered with the status ${statusCode}.`) };
    }
    const raw = headers as unknown as readonly (string | Buffer)[];
    return {
      kind: "answered",
      status: statusCode,
      headers: toClientHeaders(
        raw.map((text) => text.toString("latin1" as never)),
        isKeyed,
      ),
      body,
    };
  } catch (cause) {
    return { kind: kindOf(cause), cause };
  }
}

/** The calls of the system before a connection is there. On one that is there the same codes come after bytes were sent. */
const REACHING = ["connect", "getaddrinfo"];

function kindOf(cause: unknown): "unreachable" | "broken" | "timeout" {
  if (cause instanceof errors.HeadersTimeoutError || cause instanceof errors.BodyTimeoutError) return "timeout";
  if (cause instanceof errors.ConnectTimeoutError) return "unreachable";
  // Node tries every address of a name, and gathers what came of it.
  const failures = cause instanceof AggregateError ? cause.errors : [cause];
  const isNeverReached = failures.every((one: NodeJS.ErrnoException) => REACHING.includes(one.syscall ?? ""));
  return isNeverReached ? "unreachable" : "broken";
}
