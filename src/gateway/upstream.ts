import type { Readable } from "node:stream";
import { fillPath } from "../contract/model/fill-path.ts";
import { networkOf } from "../keys/networks.ts";
import { type Clock, systemTicks } from "../lib/time/clock.ts";
import {
  type ConnectionPool,
  openConnectionPool,
  type PoolOutcome,
  UPSTREAM_TIMEOUTS,
  type UpstreamTimeouts,
} from "./connections/connection-pool.ts";
import type { ConnectionRequest } from "./connections/shares.ts";
import { callerHeaders, toUpstreamHeaders } from "./headers/request-headers.ts";
import { hasOtherCodings, toClientHeaders } from "./headers/response-headers.ts";
import { MINIMUM_RATE, type MinimumRate } from "./minimum-rate.ts";
import { createSign, type Sign } from "./signature.ts";
import type { Upstream, UpstreamOutcome, UpstreamRequest } from "./stream-port.ts";
import { streamedBody } from "./streamed-body.ts";

type UpstreamOptions = {
  /** The upstream of operations that name none of their own. */
  readonly url: string | undefined;
  readonly secret: string | undefined;
  /** The headers that can carry a key, in lower case. */
  readonly keyHeaders: readonly string[];
  readonly clock: Clock;
  /** The most connections to one upstream. */
  readonly connections: number;
  readonly timeouts?: UpstreamTimeouts;
  readonly minimumRate?: MinimumRate;
};

/** Sends requests to the upstreams of a contract, over connections that are kept open, and follows no redirects. */
export function createUpstream(options: UpstreamOptions) {
  const { url, secret, keyHeaders, clock, minimumRate = MINIMUM_RATE } = options;
  const pools = createPools(options);
  const sign = secret === undefined ? undefined : createSign(secret);

  const send: Upstream = async (request) => {
    const { operation, method, pathParams, query, signal, isStillAdmitted } = request;
    const upstream = new URL(operation.upstream ?? url ?? "http://upstream.invalid");
    const target = fillPath(operation.path, pathParams, { base: upstream.pathname.replace(/\/$/, ""), query });
    if (target === undefined) return { kind: "ambiguous-path" };

    const headers = toHeaders(request, keyHeaders);
    if (sign !== undefined) headers.push(signatureOf(request, target, { sign, clock }));
    const { body } = request;
    const sent = isStream(body) ? streamedBody(body, { minimumRate, isStillAdmitted }, systemTicks) : body;
    const outcome = await pools
      .of(upstream.origin)
      .request(
        toConnectionRequest(request),
        { path: target, method, headers: headers.flat(), body: sent ?? null, signal },
        isStillAdmitted,
      );
    return outcome.kind === "head" ? toOutcome(outcome, request.key !== undefined) : outcome;
  };

  return { send, close: pools.close };
}

/** One pool for each upstream, opened on its first request. */
function createPools({ connections, timeouts = UPSTREAM_TIMEOUTS }: UpstreamOptions) {
  const pools = new Map<string, ConnectionPool>();
  return {
    of: (origin: string) => {
      const pool = pools.get(origin) ?? openConnectionPool(origin, connections, timeouts);
      pools.set(origin, pool);
      return pool;
    },
    /** Breaks off the requests that are still open. */
    close: async () => void (await Promise.all([...pools.values()].map((pool) => pool.close()))),
  };
}

function isStream(body: UpstreamRequest["body"]): body is Readable {
  return body !== undefined && !Buffer.isBuffer(body);
}

function toConnectionRequest({ operation, key, address, body }: UpstreamRequest): ConnectionRequest {
  return { operation: operation.id, client: key?.client.id ?? networkOf(address), isUpload: isStream(body) };
}

/** With these the response could be encoded, or a part only, and not what the contract describes. */
const RESPONSE_FORMS = ["accept-encoding", "range", "if-range"];

function toHeaders(request: UpstreamRequest, keyHeaders: readonly string[]): [string, string][] {
  // A login in Authorization stays: `identifyKey` has removed our keys from there, and the upstream wants the login.
  const removed = request.operation.responseCheck === "off" ? keyHeaders : [...keyHeaders, ...RESPONSE_FORMS];
  const rules = { removed, checked: request.checkedHeaders };
  return withBodyHeaders(toUpstreamHeaders(request.rawHeaders, rules, request), request);
}

type Signer = { readonly sign: Sign; readonly clock: Clock };

function signatureOf(request: UpstreamRequest, target: string, { sign, clock }: Signer): [string, string] {
  const identity = callerHeaders(request).map(([, value]) => value);
  const timestamp = Math.floor(clock.now() / 1000);
  return ["X-Latchkey-Signature", sign({ timestamp, method: request.method, target, identity })];
}

/** A body that was read is sent decoded, with its own length; a streamed body is sent as the client announced it. */
function withBodyHeaders(headers: readonly [string, string][], { body, length }: UpstreamRequest): [string, string][] {
  const unwanted = body === undefined ? /^content-(?:type|encoding)$/i : /^content-encoding$/i;
  // Only the first Content-Type was checked; another one could change the meaning of the body.
  const first = headers.findIndex(([name]) => /^content-type$/i.test(name));
  const single = headers.filter(([name], index) => index === first || !/^content-type$/i.test(name));
  const kept = isStream(body) ? single : single.filter(([name]) => !unwanted.test(name));
  return length === undefined ? kept : [...kept, ["Content-Length", length]];
}

type Head = Extract<PoolOutcome, { readonly kind: "head" }>;

function toOutcome({ status, rawHeaders, body }: Head, hasKey: boolean): UpstreamOutcome {
  const broken = (text: string): UpstreamOutcome => {
    body.destroy();
    return { kind: "broken", cause: new Error(text) };
  };
  if (status < 200 || status > 599) return broken(`The upstream responded with the status ${status}.`);
  if (hasOtherCodings(rawHeaders)) return broken("The upstream used a transfer coding other than chunked.");
  const headers = toClientHeaders(rawHeaders, hasKey);
  // A 204 has no Content-Length (RFC 9110 §8.6).
  return { kind: "response", status, headers: status === 204 ? without(headers, "content-length") : headers, body };
}

function without(headers: readonly [string, string][], unwanted: string): [string, string][] {
  return headers.filter(([name]) => name.toLowerCase() !== unwanted);
}
