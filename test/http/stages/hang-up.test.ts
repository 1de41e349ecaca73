import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, describe, expect, it } from "@jest/globals";
import { loadDocument } from "../../../src/contract/document/load.ts";
import { type OpenStreams, trackOpenStreams } from "../../../src/gateway/tunnels/open-streams.ts";
import type { AnyHandler } from "../../../src/http/reply/handler.ts";
import { digestOf } from "../../../src/keys/digest.ts";
import { composeKey, KEYS_IN_TEXT, RANDOM_LENGTH } from "../../../src/keys/format.ts";
import { createLog } from "../../../src/lib/log/log.ts";
import { systemRandom } from "../../../src/lib/random.ts";
import { createApp } from "../../../src/service/app/app.ts";
import { createJudge } from "../../../src/service/app/create-judge.ts";
import { aHeldClock, aKey } from "../../support/builders.ts";
import { aLimiter, heldTicks, someLimits, someUsage } from "../../support/limits.ts";
import { modelOf } from "../../support/model/models.ts";

const SECRET = composeKey("lk", "live", "h".repeat(RANDOM_LENGTH));
const KEY = aKey({ digest: digestOf(SECRET), scopes: ["items:read", "items:write"] });
const CONTRACT = loadDocument(new URL("../../contract/judge/rich.yaml", import.meta.url));
const BODY = '{"name":"x"}';

type Place = "limits" | "handler" | "upstream";

const servers: Server[] = [];
const allStreams: OpenStreams[] = [];
afterAll(() => {
  for (const server of servers) server.close();
  for (const streams of allStreams) streams.close();
});

/** A service that waits at one place until it is told to go on. */
async function aService(place: Place, fastPath: boolean) {
  const contract = modelOf(CONTRACT);
  const { document } = CONTRACT;
  const [clock, ticks] = [aHeldClock(), heldTicks()];
  const limits = someLimits(document);
  const usage = someUsage();
  const { limiter } = aLimiter({ ticks, clock });
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const calls: Place[] = [];
  const at = async (one: Place) => {
    calls.push(one);
    if (one !== place) return;
    reached.resolve();
    await gate.promise;
  };
  const answer = { isDiscarded: false };
  const handler = (async () => {
    await at("handler");
    return { status: 200, body: { id: 1 } };
  }) as unknown as AnyHandler;
  const upstream = async () => {
    await at("upstream");
    const discard = () => {
      answer.isDiscarded = true;
    };
    const body = { complete: () => undefined, readUpTo: async () => true, pipeTo: () => {}, discard };
    return { kind: "response" as const, status: 200, rawHeaders: [], body };
  };
  const lines: string[] = [];
  const handlers = place === "upstream" ? {} : { getItem: handler, putItem: handler };
  const log = createLog({
    level: "warn",
    secrets: KEYS_IN_TEXT,
    destination: { write: (line) => void lines.push(line) },
  });
  const streams = trackOpenStreams(log);
  allStreams.push(streams);
  const app = createApp({
    judge: await createJudge(contract, fastPath),
    usage,
    limits: {
      ...limits,
      limiter: {
        ...limiter,
        take: async (charge) => {
          await at("limits");
          return limiter.take(charge);
        },
      },
    },
    contract,
    handlers,
    userApi: { send: upstream, openTunnel: upstream, streams, openCircuits: () => 0 },
    log,
    clock,
    keys: {
      finder: { findByDigest: async () => KEY, findCached: () => KEY },
      environments: ["live"],
      reportLeak: () => {},
    },
    random: systemRandom,
    transport: { trustedHops: 0, cleartext: "refuse", corsOrigins: [], authorizeFrom: [] },
    maxBodyBytes: 1_048_576,
    requests: "enforce",
    isStopping: () => false,
  });
  const closed = Promise.withResolvers<void>();
  const server = createServer((req, res) => {
    res.once("close", () => closed.resolve());
    app(req, res);
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const socket: Socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  return {
    socket,
    calls,
    answer,
    reached: reached.promise,
    closed: closed.promise,
    goOn: gate.resolve,
    meter: usage.meter,
    lines,
  };
}

const KEYED = ["Host: a", `X-API-Key: ${SECRET}`];
const GET = ["GET /items/1 HTTP/1.1", ...KEYED, "", ""].join("\r\n");
const PUT = [
  "PUT /items/1 HTTP/1.1",
  ...KEYED,
  "Content-Type: application/json",
  `Content-Length: ${BODY.length}`,
  "",
  BODY,
].join("\r\n");

describe.each([
  ["with the compiled judge", true],
  ["with the validator", false],
])("a client that hangs up, %s,", (_name, fastPath) => {
  it.each([
    ["for the verdict of its limits has no handler run", "limits", GET, ["limits"]],
    ["for the verdict of its limits has no body read", "limits", PUT, ["limits"]],
    ["for a handler gets no response, and is not a fault", "handler", PUT, ["limits", "handler"]],
    ["for an upstream has its answer let go", "upstream", PUT, ["limits", "upstream"]],
  ] as const)("while it waits %s", async (_case, place, request, calls) => {
    const service = await aService(place, fastPath);
    service.socket.write(request);
    await service.reached;
    service.socket.destroy();
    await service.closed;
    service.goOn();
    for (let turns = 0; turns < 20; turns++) await nextTurn();
    expect(service.calls).toEqual(calls);
    expect(service.lines).toEqual([]);
    if (place === "upstream") expect(service.answer.isDiscarded).toBe(true);
    expect(service.meter.take().rows).toMatchObject([{ code: "client-gone", requests: 1 }]);
  });
});
