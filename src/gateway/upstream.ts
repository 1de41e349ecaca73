import type { Readable } from "node:stream";
import type { Operation } from "../contract/model/operations.ts";
import { networkOf } from "../keys/networks.ts";
import type { Log } from "../lib/log/log.ts";
import { type Clock, systemTicks, type TickSource } from "../lib/time/clock.ts";
import { createCircuits } from "./connections/circuits.ts";
import {
  type ConnectionPool,
  openConnectionPool,
  type PoolLimits,
  UPSTREAM_TIMEOUTS,
  type UpstreamTimeouts,
} from "./connections/connection-pool.ts";
import { type CircuitOpen, guardedCall } from "./connections/guarded-call.ts";
import type { ConnectionRequest } from "./connections/shares.ts";
import type { CallOutcome, CallRequest, ResponseHeaders } from "./connections/upstream-call.ts";
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
  readonly ticks?: TickSource;
  readonly timeouts?: UpstreamTimeouts;
  readonly minimumRate?: MinimumRate;
};

/** Sends requests to the upstreams of a contract, over connections that are kept open, and follows no redirects. */
export function createUpstream(options: UpstreamOptions) {
  const { url, keyHeaders, limits, log, ticks = systemTicks, timeouts = UPSTREAM_TIMEOUTS } = options;
  const pools = createPools(limits, timeouts);
  const circuits = createCircuits(ticks, log);
  const planOf = createOperationPlans({ url, keyHeaders, poolOf: pools.of, timeouts, circuitsOf: circuits.of });
  const toCall = createToCall(options);
  const streams = trackOpenStreams(log);

  const send: Upstream = async (request) => {
    const plan = planOf(request.operation);
    const call = toCall(request, plan);
    if (call === undefined) return { kind: "ambiguous-path" };
    const outcome = await guardedCall(plan.circuits, () =>
      plan.pool.request(toConnectionRequest(request), call, request),
    );
    return toOutcome(outcome, plan, request);
  };

  const openTunnel: OpenTunnel = async (request, handshakeKey) => {
    const plan = planOf(request.operation);
    const call = toCall(request, plan);
    if (call === undefined) return { kind: "ambiguous-path" };
    const wanted = toConnectionRequest(request);
    const release = plan.pool.takeTunnel(wanted);
    if (release === undefined) return NO_TUNNEL;
    const upgrade = { ...call, upgrade: "websocket" };
    const outcome = await guardedCall(plan.circuits, () => plan.pool.request(wanted, upgrade, request));
    if (outcome.kind === "upgraded" && isAccepted(outcome.status, outcome.headers, handshakeKey))
      return { ...toTunnel(outcome, plan, request), release };
    release();
    return toOutcome(outcome, plan, request);
  };

  const close = async () => {
    streams.close();
    await pools.close();
  };
  return { send, openTunnel, streams, openCircuits: circuits.countOpen, close };
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
    // Nothing that needs credentials happens in a preflight, which any page can send.
    if (!isShown && request.operation.isPreflight !== true) headers.push(...credentialsOf(request.operation));
    const sent = isStream(body) ? streamedBody(body, { minimumRate, isStillAdmitted }, systemTicks) : (body ?? null);
    return { path, method, headers, body: sent, ...timeouts };
  };
}

type Upgraded = Extract<CallOutcome, { readonly kind: "upgraded" }>;

function toTunnel(
  { status, headers, socket }: Upgraded,
  { timeouts, toClientUrl }: OperationPlan,
  { operation }: UpstreamRequest,
) {
  const rawHeaders = toClientHeaders(headers, { status, ...factsOf(operation), toClientUrl });
  return { kind: "tunnel", rawHeaders, socket, idleTimeoutMs: timeouts.bodyTimeout } as const;
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

function toOutcome(
  outcome: CallOutcome | CircuitOpen,
  { toClientUrl }: OperationPlan,
  { operation }: UpstreamRequest,
): UpstreamOutcome {
  if (outcome.kind === "upgraded") {
    outcome.socket.destroy();
    return broken("The upstream changed the protocol without a valid handshake.");
  }
  if (outcome.kind !== "head") return outcome;
  const { status, headers, body } = outcome;
  const violation = headViolation(status, headers);
  if (violation === undefined) {
    const rawHeaders = toClientHeaders(headers, { status, ...factsOf(operation), toClientUrl });
    return { kind: "response", status, rawHeaders, body };
  }
  body.discard();
  return broken(violation);
}

/** What decides about the headers of a response. A key that is optional counts also where none was sent. */
function factsOf({ isPublic, cors }: Operation) {
  return { hasKey: !isPublic, keepsCors: cors === "upstream" };
}

function headViolation(status: number, headers: ResponseHeaders): string | undefined {
  if (status > 599) return `The upstream responded with the status ${status}.`;
  return hasOtherCodings(headers) ? "The upstream used a transfer coding other than chunked." : undefined;
}

function broken(text: string): UpstreamOutcome {
  return { kind: "broken", cause: new Error(text) };
}
