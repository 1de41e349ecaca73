import type { Readable } from "node:stream";
import type { Operation } from "../contract/model/operations.ts";
import { networkOf } from "../keys/networks.ts";
import type { Log } from "../lib/log/log.ts";
import { type Clock, systemTicks } from "../lib/time/clock.ts";
import {
  type ConnectionPool,
  openConnectionPool,
  type PoolLimits,
  UPSTREAM_TIMEOUTS,
  type UpstreamTimeouts,
} from "./connections/connection-pool.ts";
import type { ConnectionRequest } from "./connections/shares.ts";
import type { CallOutcome, CallRequest } from "./connections/upstream-call.ts";
import { type BodyKind, identityValues, toUpstreamHeaders } from "./headers/request-headers.ts";
import { hasOtherCodings, toClientHeaders } from "./headers/response-headers.ts";
import { MINIMUM_RATE, type MinimumRate } from "./minimum-rate.ts";
import { createOperationPlans, type OperationPlan } from "./operation-plan.ts";
import { createSign, type Sign } from "./signature.ts";
import { streamedBody } from "./streamed-body.ts";
import { isAccepted } from "./tunnels/handshake.ts";
import { trackOpenStreams } from "./tunnels/open-streams.ts";
import type { OpenTunnel, Upstream, UpstreamOutcome, UpstreamRequest } from "./upstream-port.ts";

type UpstreamOptions = {
  /** The upstream of operations that name none of their own. */
  readonly url: string | undefined;
  readonly secret: string | undefined;
  /** The headers that can carry a key, in lower case. */
  readonly keyHeaders: readonly string[];
  /** The headers with credentials that requests for an operation get: name, value, name, value, … */
  readonly credentialsOf: (operation: Operation) => readonly string[];
  readonly clock: Clock;
  readonly limits: PoolLimits;
  readonly log: Log;
  readonly timeouts?: UpstreamTimeouts;
  readonly minimumRate?: MinimumRate;
};

/** Sends requests to the upstreams of a contract, over connections that are kept open, and follows no redirects. */
export function createUpstream(options: UpstreamOptions) {
  const { url, keyHeaders, limits, timeouts = UPSTREAM_TIMEOUTS } = options;
  const pools = createPools(limits, timeouts);
  const planOf = createOperationPlans({ url, keyHeaders, poolOf: pools.of, timeouts });
  const toCall = createToCall(options);
  const streams = trackOpenStreams(options.log);

  const send: Upstream = async (request) => {
    const plan = planOf(request.operation);
    const call = toCall(request, plan);
    if (call === undefined) return { kind: "ambiguous-path" };
    const outcome = await plan.pool.request(toConnectionRequest(request), call, request);
    if (outcome.kind === "upgraded") return refusedUpgrade(outcome);
    return outcome.kind === "head" ? toOutcome(outcome, !request.operation.isPublic) : outcome;
  };

  const openTunnel: OpenTunnel = async (request, handshakeKey) => {
    const plan = planOf(request.operation);
    const call = toCall(request, plan);
    if (call === undefined) return { kind: "ambiguous-path" };
    const wanted = toConnectionRequest(request);
    const release = plan.pool.takeTunnel(wanted);
    if (release === undefined) return NO_TUNNEL;
    const hasKey = !request.operation.isPublic;
    const outcome = await plan.pool.request(wanted, { ...call, upgrade: "websocket" }, request);
    if (outcome.kind === "upgraded" && isAccepted(outcome.status, outcome.headers, handshakeKey)) {
      const { status, headers, socket } = outcome;
      const rawHeaders = toClientHeaders(headers, { status, hasKey });
      return { kind: "tunnel", rawHeaders, socket, idleTimeoutMs: plan.timeouts.bodyTimeout, release };
    }
    release();
    if (outcome.kind === "upgraded") return refusedUpgrade(outcome);
    return outcome.kind === "head" ? toOutcome(outcome, hasKey) : outcome;
  };

  const close = async () => {
    streams.close();
    await pools.close();
  };
  return { send, openTunnel, streams, close };
}

const NO_TUNNEL = { kind: "busy", cause: new Error("All connections for WebSockets are in use.") } as const;

/** Makes the call to an upstream; undefined when a parameter could be read as another path. */
function createToCall({ secret, clock, credentialsOf, minimumRate = MINIMUM_RATE }: UpstreamOptions) {
  const sign = secret === undefined ? undefined : createSign(secret);
  return (request: UpstreamRequest, { headerRules, timeouts, toTarget }: OperationPlan): CallRequest | undefined => {
    const path = toTarget(request);
    if (path === undefined) return undefined;
    const { method, rawHeaders, removedHeaders, checkedHeaders, body, length, isStillAdmitted } = request;
    const sentByClient = { rawHeaders, removedHeaders, checkedHeaders, body: kindOf(body) };
    const headers = toUpstreamHeaders(sentByClient, headerRules, request);
    if (length !== undefined) headers.push("Content-Length", length);
    // The response to TRACE shows the client all headers that the upstream received (RFC 9110 §9.3.8).
    const isShown = method === "TRACE";
    if (sign !== undefined && !isShown)
      headers.push("X-Latchkey-Signature", signatureOf(request, path, { sign, clock }));
    if (!isShown) headers.push(...credentialsOf(request.operation));
    const sent = isStream(body) ? streamedBody(body, { minimumRate, isStillAdmitted }, systemTicks) : (body ?? null);
    return { path, method, headers, body: sent, ...timeouts };
  };
}

function refusedUpgrade({ socket }: Extract<CallOutcome, { readonly kind: "upgraded" }>): UpstreamOutcome {
  socket.destroy();
  return { kind: "broken", cause: new Error("The upstream changed the protocol without a valid handshake.") };
}

/** One pool for each upstream, opened on its first request. */
function createPools(limits: PoolLimits, timeouts: UpstreamTimeouts) {
  const pools = new Map<string, ConnectionPool>();
  return {
    of: (origin: string) => {
      const pool = pools.get(origin) ?? openConnectionPool(origin, limits, timeouts);
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
