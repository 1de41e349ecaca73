import { describe, expect, it } from "@jest/globals";
import { operationsOf } from "../../support/model/models.ts";
import { anUpstream } from "../../support/upstream.ts";
import { aClient, SHORT_MS, upstreamCalls } from "../../support/upstream-calls.ts";

const upstream = anUpstream();
const second = anUpstream();
const healthy = upstreamCalls(() => upstream.url);
const unreachable = upstreamCalls(() => "http://127.0.0.1:1");

const [slow, quick] = operationsOf({
  paths: {
    "/slow": { get: { operationId: "slow", security: [] } },
    "/quick": { get: { operationId: "quick", security: [] } },
  },
});
if (slow === undefined || quick === undefined) throw new Error("There are no operations.");
const SLOW = { operation: slow, path: "/slow" };
const QUICK = { operation: quick, path: "/quick" };

function heldTicks() {
  let now = 0;
  return {
    now: () => now,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe("an upstream that cannot be reached", () => {
  it("is left alone after five calls, and tried again after a second", async () => {
    const ticks = heldTicks();
    const send = unreachable.reuse({ ticks });
    for (let call = 0; call < 5; call++) expect(await send(SLOW)).toMatchObject({ kind: "unreachable" });
    expect(await send(QUICK)).toMatchObject({ kind: "circuit-open", retryAfterMs: 1_000 });
    ticks.pass(1_000);
    expect(await send(QUICK)).toMatchObject({ kind: "unreachable" });
    expect(await send(QUICK)).toMatchObject({ kind: "circuit-open", retryAfterMs: 2_000 });
  });
});

describe("an operation whose upstream does not respond", () => {
  it("is left alone, and no other operation is", async () => {
    upstream.respondWith((req, res) => void (req.url === "/quick" && res.end()));
    const ticks = heldTicks();
    const send = healthy.reuse({ ticks, firstByteTimeoutMs: SHORT_MS });
    // One after the other: calls that overlap with a success do not count.
    for (let call = 0; call < 5; call++) expect(await send(SLOW)).toMatchObject({ kind: "timeout" });
    expect(await send(SLOW)).toMatchObject({ kind: "circuit-open" });
    expect(await send(QUICK)).toMatchObject({ kind: "response" });

    upstream.respondWith((_req, res) => void res.end());
    ticks.pass(1_000);
    expect(await send(SLOW)).toMatchObject({ kind: "response" });
    expect(await send(SLOW)).toMatchObject({ kind: "response" });
  });

  it("is not blamed for clients that leave", async () => {
    upstream.respondWith(() => {});
    const send = healthy.reuse({ ticks: heldTicks() });
    for (let call = 0; call < 6; call++) {
      const received = upstream.recorded.length;
      const client = aClient();
      const outcome = send({ ...SLOW, client });
      while (upstream.recorded.length === received) await new Promise(setImmediate);
      client.leave();
      expect(await outcome).toMatchObject({ kind: "broken" });
    }
    upstream.respondWith((_req, res) => void res.end());
    expect(await send(SLOW)).toMatchObject({ kind: "response" });
  });
});

describe("an upstream that hangs with all of its connections", () => {
  it("takes no other upstream along", async () => {
    upstream.respondWith(() => {});
    const send = healthy.reuse();
    const clients = Array.from({ length: 100 }, aClient);
    const hanging = clients.map((client, index) => send({ ...(index % 2 === 0 ? SLOW : QUICK), client }));
    const elsewhere = { ...QUICK, operation: { ...QUICK.operation, id: "elsewhere", upstream: second.url } };
    for (let times = 0; times < 20; times++) expect(await send(elsewhere)).toMatchObject({ kind: "response" });
    for (const client of clients) client.leave();
    await Promise.all(hanging);
  });
});
