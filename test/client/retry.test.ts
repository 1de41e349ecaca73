import type { ServerResponse } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { PROBLEMS, type ProblemCode } from "../../src/problem/catalog.ts";
import { toDocument } from "../../src/problem/problem.ts";
import { aQuickClient } from "../support/programs/own-client.ts";
import { anUpstream } from "../support/upstream.ts";

const answer = { responses: {} as { 200: { content: { "application/json": { ok: boolean } } } } };
type Operation = typeof answer & { requestBody?: { content: { "application/json": unknown } } };
type Paths = { "/thing": { get: Operation; put: Operation; post: Operation; patch: Operation; delete: Operation } };

const server = anUpstream();
const METHODS = ["GET", "PUT", "DELETE", "POST", "PATCH"] as const;
type Method = (typeof METHODS)[number];

type Refusal = (res: ServerResponse) => void;

/** Refuses the first calls, each in its own way, and then succeeds. */
function refuse(...refusals: readonly Refusal[]) {
  server.forget();
  const left = [...refusals];
  server.respondWith((_req, res) => {
    const refusal = left.shift();
    if (refusal) return refusal(res);
    res.setHeader("Content-Type", "application/json").end('{"ok":true}');
  });
}

const bare =
  (status: number, headers: Record<string, string> = {}): Refusal =>
  (res) =>
    void res.writeHead(status, headers).end("no");

const problem =
  (code: ProblemCode, headers: Record<string, string> = {}): Refusal =>
  (res) => {
    const type = { "Content-Type": "application/problem+json" };
    const document = toDocument({ code, detail: "No." }, "req_x");
    res.writeHead(PROBLEMS[code].status, { ...type, ...headers }).end(JSON.stringify(document));
  };

const cut: Refusal = (res) => void res.destroy();

function aClient(options: Parameters<typeof aQuickClient>[0] | object = {}) {
  return aQuickClient<Paths>({ baseUrl: server.url, ...options });
}

/** How often the server is asked, and what comes of it in the end. */
async function callTwice(method: Method, refusal: Refusal) {
  refuse(refusal);
  const { client, during } = aClient();
  const call = client[method] as typeof client.POST;
  const outcome: unknown = await during(call("/thing", method === "GET" ? {} : { body: { n: 1 } })).then(
    ({ data }) => data,
    (error) => error.code ?? error.status ?? error.name,
  );
  return { forwardAuth: server.recorded.length, outcome };
}

const again = { forwardAuth: 2, outcome: { ok: true } };

describe("a call that is refused", () => {
  describe.each(METHODS)("%s", (method) => {
    const isIdempotent = !["POST", "PATCH"].includes(method);

    it.each<ProblemCode>(["rate-limited", "quota-exceeded", "upstream-unreachable", "upstream-busy"])(
      "is made again after %s, for nothing was done",
      async (code) => expect(await callTwice(method, problem(code, { "Retry-After": "1" }))).toEqual(again),
    );

    it.each([408, 429, 502, 503, 504])(
      `is ${isIdempotent ? "" : "not "}repeated after %i, from any server`,
      async (status) => {
        const outcome = { forwardAuth: 1, outcome: status };
        expect(await callTwice(method, bare(status, { "Retry-After": "1" }))).toEqual(isIdempotent ? again : outcome);
      },
    );

    it.each<ProblemCode>(["unavailable", "upstream-broken", "upstream-timeout"])(
      `is ${isIdempotent ? "" : "not "}made again after %s, for it may have been carried out`,
      async (code) => {
        const outcome = { forwardAuth: 1, outcome: code };
        expect(await callTwice(method, problem(code))).toEqual(isIdempotent ? again : outcome);
      },
    );

    it(`is ${isIdempotent ? "" : "not "}made again when the connection breaks`, async () => {
      const outcome = { forwardAuth: 1, outcome: "TypeError" };
      expect(await callTwice(method, cut)).toEqual(isIdempotent ? again : outcome);
    });

    it.each<ProblemCode>([
      "too-many-failures",
      "key-invalid",
      "scope-missing",
      "not-found",
      "client-name-taken",
      "internal-error",
    ])("is not made again after %s", async (code) => {
      expect(await callTwice(method, problem(code, { "Retry-After": "1" }))).toEqual({ forwardAuth: 1, outcome: code });
    });
  });

  it("is not taken for a problem of the service for its media type's sake alone, or for its words' sake alone", async () => {
    const json = { "Content-Type": "application/json", "Retry-After": "1" };
    const words: Refusal = (res) => void res.writeHead(429, json).end('{"code":"rate-limited"}');
    const type: Refusal = (res) =>
      void res.writeHead(429, { ...json, "Content-Type": "application/problem+json" }).end("{");
    expect(await callTwice("POST", words)).toEqual({ forwardAuth: 1, outcome: 429 });
    expect(await callTwice("POST", type)).toEqual({ forwardAuth: 1, outcome: 429 });
  });

  it("is sent with the same body, headers and key each time", async () => {
    refuse(problem("rate-limited", { "Retry-After": "1" }), problem("rate-limited", { "Retry-After": "1" }));
    const { client, during } = aClient();
    await during(client.POST("/thing", { body: { n: 1 }, headers: { "X-Mine": "yes" } }));
    const seen = server.recorded.map(({ body, headers }) => [body, headers["x-mine"], headers["x-api-key"]]);
    expect(seen).toEqual(Array(3).fill(['{"n":1}', "yes", "lk_test_someKey"]));
  });

  it("is not made again where its body flows by and is gone", async () => {
    refuse(problem("rate-limited", { "Retry-After": "1" }));
    const { client, during } = aClient();
    const body = new Blob(["flowing"]).stream();
    const call = client.PUT("/thing", { body, bodySerializer: (stream: unknown) => stream, duplex: "half" });
    await expect(during(call)).rejects.toMatchObject({ code: "rate-limited" });
    expect(server.recorded.map(({ body }) => body)).toEqual(["flowing"]);
  });

  it("is made four times at most, or as often as the options say", async () => {
    for (const [options, times] of [
      [{}, 4],
      [{ attempts: 1 }, 1],
      [{ attempts: 6 }, 6],
    ] as const) {
      refuse(...Array<Refusal>(9).fill(bare(503)));
      const { client, during } = aClient(options);
      await expect(during(client.GET("/thing"))).rejects.toMatchObject({ status: 503 });
      expect(server.recorded).toHaveLength(times);
    }
  });
});

describe("between two attempts", () => {
  const waitsAfter = async (options: object, ...refusals: readonly Refusal[]) => {
    refuse(...refusals);
    const { client, during, waits } = aClient(options);
    await during(client.GET("/thing"));
    return waits;
  };

  it("passes as much time as Retry-After says, and never less", async () => {
    for (const random of [0, 0.999]) {
      const options = { random: () => random };
      const [first = 0, second = 0] = await waitsAfter(
        options,
        bare(503, { "Retry-After": "3" }),
        bare(503, { "Retry-After": "3" }),
      );
      expect(first).toBeGreaterThanOrEqual(3_000);
      expect(first).toBeLessThanOrEqual(3_250);
      expect(second).toBeGreaterThanOrEqual(3_000);
      expect(second).toBeLessThanOrEqual(3_500);
    }
  });

  it("passes a different time for everybody", async () => {
    const one = await waitsAfter({ random: () => 0.1 }, bare(503, { "Retry-After": "3" }));
    const other = await waitsAfter({ random: () => 0.9 }, bare(503, { "Retry-After": "3" }));
    expect(one).not.toEqual(other);
  });

  it("passes more time with each where nothing says how much", async () => {
    expect(await waitsAfter({ random: () => 0 }, bare(503), bare(503), bare(503))).toEqual([250, 500, 1_000]);
    expect(await waitsAfter({ random: () => 0.5 }, cut, cut)).toEqual([375, 750]);
  });

  it("passes no time at all where the service asks for more than the longest wait: it is thrown at once", async () => {
    refuse(problem("quota-exceeded", { "Retry-After": "61" }));
    const { client, during, waits } = aClient();
    const call = during(client.GET("/thing"));
    await expect(call).rejects.toMatchObject({ code: "quota-exceeded", retryAfterSeconds: 61 });
    expect([waits, server.recorded.length]).toEqual([[], 1]);

    refuse(problem("quota-exceeded", { "Retry-After": "60" }));
    const patient = aClient();
    expect(await patient.during(patient.client.GET("/thing"))).toMatchObject({ data: { ok: true } });
  });

  it("the caller can have enough", async () => {
    refuse(problem("rate-limited", { "Retry-After": "30" }));
    const controller = new AbortController();
    const { client } = aClient({
      clock: {
        now: () => 0,
        wait: (_ms: number, signal: AbortSignal) => {
          controller.abort(new Error("enough"));
          return Promise.reject(signal.reason);
        },
      },
    });
    await expect(client.GET("/thing", { signal: controller.signal })).rejects.toThrow("enough");
    expect(server.recorded).toHaveLength(1);
  });
});

describe("a call that its caller ends", () => {
  it("is not made again", async () => {
    const controller = new AbortController();
    refuse(() => controller.abort(new Error("enough")));
    const { client, waits } = aClient();
    await expect(client.GET("/thing", { signal: controller.signal })).rejects.toThrow("enough");
    expect([waits, server.recorded.length]).toEqual([[], 1]);
  });

  it("is not made at all where that was so before", async () => {
    refuse();
    const { client } = aClient();
    await expect(client.GET("/thing", { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
    expect(server.recorded).toEqual([]);
  });
});
