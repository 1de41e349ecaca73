import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { toTarget } from "../contract/model/fill-path.ts";
import type { Operation } from "../contract/model/operations.ts";
import { networkOf } from "../keys/networks.ts";
import { type Clock, systemTicks } from "../lib/time/clock.ts";
import { type Asked, type ConnectionPool, openConnectionPool, PATIENCE, type Patience } from "./connection-pool.ts";
import { LEAST_PACE, type LeastPace } from "./pace.ts";
import { pacedBody } from "./paced-body.ts";
import { type Caller, type CheckedHeader, callerHeaders, toUpstreamHeaders } from "./request-headers.ts";
import { hasOtherCodings, toClientHeaders } from "./response-headers.ts";
import { createSign } from "./signature.ts";

export type UpstreamOptions = {
  /** Where requests go whose operation names no upstream of its own. */
  readonly url: string | undefined;
  readonly secret: string | undefined;
  /** Names of headers that carry keys, in lower case. */
  readonly carriers: readonly string[];
  readonly clock: Clock;
  /** How many connections one upstream gets at most. */
  readonly connections: number;
  readonly patience?: Patience;
  readonly leastPace?: LeastPace;
};

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
  readonly isStillAdmitted: () => Promise<boolean>;
};

type Incoming =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: [string, string][];
      readonly body: Readable;
    }
  | { readonly kind: "refused" }
  | Exclude<Asked, { readonly kind: "head" }>;

/** Sends requests to the upstreams of a contract, over connections that are kept, and follows no redirect. */
export function createUpstream(options: UpstreamOptions) {
  const { url, secret, carriers, clock, connections, patience = PATIENCE, leastPace = LEAST_PACE } = options;
  const pools = new Map<string, ConnectionPool>();
  const sign = secret === undefined ? undefined : createSign(secret);

  const send = async (outgoing: Outgoing): Promise<Incoming> => {
    const { operation, method, pathParams, query, body, key, isStillAdmitted } = outgoing;
    const at = new URL(operation.upstream ?? url ?? "http://upstream.invalid");
    const target = toTarget(operation.path, pathParams, { base: at.pathname.replace(/\/$/, ""), query });
    if (target === undefined) return { kind: "refused" };

    // What `identifyKey` has left in Authorization is a login, which the upstream wants to see.
    const removed = operation.responseCheck === "off" ? carriers : [...carriers, ...ANSWER_FORMS];
    const headers = toUpstreamHeaders(outgoing.rawHeaders, { removed, checked: outgoing.checkedHeaders }, outgoing);
    if (sign !== undefined) {
      const identity = callerHeaders(outgoing).map(([, value]) => value);
      const timestamp = Math.floor(clock.now() / 1000);
      headers.push(["X-Latchkey-Signature", sign({ timestamp, method, target, identity })]);
    }
    const isUpload = body !== undefined && !Buffer.isBuffer(body);
    const client = key?.client.id ?? networkOf(outgoing.address);
    const forwardAuth = await poolOf(at.origin).request(
      { operation: operation.id, client, isUpload },
      {
        path: target,
        method: method as Dispatcher.HttpMethod,
        headers: withBodyHeaders(headers, outgoing).flat(),
        body: (isUpload ? pacedBody(body, leastPace, systemTicks, isStillAdmitted) : body) ?? null,
        signal: outgoing.signal,
      },
      isStillAdmitted,
    );
    return forwardAuth.kind === "head" ? toIncoming(forwardAuth, key !== undefined) : forwardAuth;
  };

  const poolOf = (origin: string) => {
    const pool = pools.get(origin) ?? openConnectionPool(origin, connections, patience);
    pools.set(origin, pool);
    return pool;
  };

  return {
    send,
    /** Ends what is under way. */
    close: async () => void (await Promise.all([...pools.values()].map((pool) => pool.close()))),
  };
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

function toIncoming({ status, headers, body }: Extract<Asked, { kind: "head" }>, isKeyed: boolean): Incoming {
  const broken = (text: string): Incoming => {
    body.destroy();
    return { kind: "broken", cause: new Error(text) };
  };
  if (status < 200 || status > 599) return broken(`The upstream answered with the status ${status}.`);
  if (hasOtherCodings(headers)) return broken("The upstream used a transfer coding other than chunked.");
  const kept = toClientHeaders(headers, isKeyed);
  // RFC 9110 §8.6.
  return { kind: "answered", status, headers: status === 204 ? without(kept, "content-length") : kept, body };
}

function without(headers: readonly [string, string][], unwanted: string): [string, string][] {
  return headers.filter(([name]) => name.toLowerCase() !== unwanted);
}
