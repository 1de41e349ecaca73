import type { Readable } from "node:stream";
import { networkOf } from "../keys/networks.ts";
import { type Clock, systemTicks } from "../lib/time/clock.ts";
import {
  type ConnectionPool,
  openConnectionPool,
  UPSTREAM_TIMEOUTS,
  type UpstreamTimeouts,
} from "./connections/connection-pool.ts";
import type { ConnectionRequest } from "./connections/shares.ts";
import type { CallOutcome } from "./connections/upstream-call.ts";
import { type BodyKind, identityValues, toUpstreamHeaders } from "./headers/request-headers.ts";
import { hasOtherCodings, toClientHeaders } from "./headers/response-headers.ts";
import { MINIMUM_RATE, type MinimumRate } from "./minimum-rate.ts";
import { createOperationPlans } from "./operation-plan.ts";
import { createSign, type Sign } from "./signature.ts";
import { streamedBody } from "./streamed-body.ts";
import type { Upstream, UpstreamOutcome, UpstreamRequest } from "./upstream-port.ts";

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
  const { url, secret, keyHeaders, clock, minimumRate = MINIMUM_RATE, timeouts = UPSTREAM_TIMEOUTS } = options;
  const pools = createPools(options.connections, timeouts);
  const planOf = createOperationPlans({ url, keyHeaders, poolOf: pools.of, timeouts });
  const sign = secret === undefined ? undefined : createSign(secret);

  const send: Upstream = async (request) => {
    const { pool, headerRules, timeouts, toTarget } = planOf(request.operation);
    const path = toTarget(request);
    if (path === undefined) return { kind: "ambiguous-path" };

    const { method, rawHeaders, removedHeaders, checkedHeaders, body, length, isStillAdmitted } = request;
    const sentByClient = { rawHeaders, removedHeaders, checkedHeaders, body: kindOf(body) };
    const headers = toUpstreamHeaders(sentByClient, headerRules, request);
    if (length !== undefined) headers.push("Content-Length", length);
    // The response to TRACE shows the client all headers that the upstream received (RFC 9110 §9.3.8).
    const isShown = method === "TRACE";
    if (sign !== undefined && !isShown)
      headers.push("X-Latchkey-Signature", signatureOf(request, path, { sign, clock }));
    const sent = isStream(body) ? streamedBody(body, { minimumRate, isStillAdmitted }, systemTicks) : (body ?? null);
    const call = { path, method, headers, body: sent, ...timeouts };
    const outcome = await pool.request(toConnectionRequest(request), call, request);
    return outcome.kind === "head" ? toOutcome(outcome, request.key !== undefined) : outcome;
  };

  return { send, close: pools.close };
}

/** One pool for each upstream, opened on its first request. */
function createPools(connections: number, timeouts: UpstreamTimeouts) {
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
  return kindOf(body) === "streamed";
}

function kindOf(body: UpstreamRequest["body"]): BodyKind {
  if (body === undefined) return "none";
  return Buffer.isBuffer(body) ? "read" : "streamed";
}

function toConnectionRequest({ operation, key, address, body }: UpstreamRequest): ConnectionRequest {
  return { operation: operation.id, client: key?.client.id ?? networkOf(address), isUpload: isStream(body) };
}

type Signer = { readonly sign: Sign; readonly clock: Clock };

function signatureOf(request: UpstreamRequest, target: string, { sign, clock }: Signer): string {
  const timestamp = Math.floor(clock.now() / 1000);
  return sign({ timestamp, method: request.method, target, identity: identityValues(request) });
}

type Head = Extract<CallOutcome, { readonly kind: "head" }>;

function toOutcome({ status, headers, body }: Head, hasKey: boolean): UpstreamOutcome {
  const broken = (text: string): UpstreamOutcome => {
    body.discard();
    return { kind: "broken", cause: new Error(text) };
  };
  if (status > 599) return broken(`The upstream responded with the status ${status}.`);
  if (hasOtherCodings(headers)) return broken("The upstream used a transfer coding other than chunked.");
  return { kind: "response", status, rawHeaders: toClientHeaders(headers, { status, hasKey }), body };
}
