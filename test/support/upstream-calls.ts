import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { afterAll } from "@jest/globals";
import { createUpstream } from "../../src/gateway/upstream.ts";
import type { ClientResponse, UpstreamOutcome, UpstreamRequest } from "../../src/gateway/upstream-port.ts";
import { KEYS_IN_TEXT } from "../../src/keys/format.ts";
import { createLog } from "../../src/lib/log/log.ts";
import type { TickSource } from "../../src/lib/time/clock.ts";
import { aHeldClock } from "./builders.ts";
import { operationsOf } from "./model/models.ts";

/** Timeouts: one that a test waits for, and one that no busy machine reaches. */
export const [SHORT_MS, LONG_MS] = [100, 60_000];

type Options = Partial<UpstreamRequest> & {
  readonly firstByteTimeoutMs?: number;
  readonly betweenBytesTimeoutMs?: number;
  readonly ticks?: TickSource;
};

const [OPERATION] = operationsOf({ paths: { "/a/{b}": { get: { operationId: "getA", security: [] } } } });

const log = createLog({ level: "silent", secrets: KEYS_IN_TEXT, destination: { write: () => {} } });

/** Sends requests as the last stage does, to the upstream at this URL. `reuse` keeps one upstream for all of them. */
export function upstreamCalls(urlOf: () => string) {
  const upstreams: ReturnType<typeof createUpstream>[] = [];
  afterAll(async () => {
    for (const upstream of upstreams) await upstream.close();
  });
  const open = ({ firstByteTimeoutMs = LONG_MS, betweenBytesTimeoutMs = LONG_MS, ticks }: Options) => {
    const timeouts = { connectTimeoutMs: LONG_MS, firstByteTimeoutMs, betweenBytesTimeoutMs, queueTimeoutMs: LONG_MS };
    const deps = {
      url: urlOf(),
      secret: undefined,
      keyHeaders: [],
      credentialsOf: () => [],
      limits: { connections: 4, tunnels: 4 },
      clock: aHeldClock(),
      timeouts,
      log,
    };
    const upstream = createUpstream({ ...deps, ...(ticks && { ticks }) });
    upstreams.push(upstream);
    return upstream;
  };
  const sendTo = (upstream: ReturnType<typeof createUpstream>, options: Options) =>
    upstream.send({ ...aRequest(), ...options });
  return {
    send: (options: Options = {}) => sendTo(open(options), options),
    /** All requests that are sent with the result share its connections. */
    reuse: (shared: Options = {}) => {
      const upstream = open(shared);
      return (options: Options = {}) => sendTo(upstream, options);
    },
  };
}

function aRequest(): UpstreamRequest {
  if (OPERATION === undefined) throw new Error("There is no operation.");
  return {
    operation: OPERATION,
    method: "GET",
    path: "/a/1",
    query: "",
    rawHeaders: [],
    removedHeaders: new Set(),
    checkedHeaders: [],
    key: undefined,
    requestId: "req_a",
    address: "127.0.0.1",
    isTls: true,
    body: undefined,
    length: undefined,
    client: aClient(),
    isStillAdmitted: () => true,
  };
}

/** The client's side of a call. */
export function aClient() {
  const client = Object.assign(new EventEmitter(), {
    destroyed: false,
    leave: () => {
      client.destroyed = true;
      client.emit("close");
    },
  });
  return client as typeof client & Pick<ClientResponse, "on" | "off">;
}

export function responseOf(outcome: UpstreamOutcome) {
  if (outcome.kind !== "response") throw new Error(outcome.kind);
  return outcome;
}

/** What arrives of a body: a stream that is destroyed if the body breaks off. */
export function received(outcome: UpstreamOutcome): PassThrough {
  const receiver = new PassThrough();
  responseOf(outcome).body.pipeTo(receiver);
  return receiver;
}
