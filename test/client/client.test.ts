import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { type ClientOptions, createClient, ProblemError, ResponseError } from "../../packages/client/src/client.ts";
import { OPERATOR_AUTHORITY } from "../../src/admin/actions.ts";
import { rotateKey } from "../../src/admin/keys/rotate-key.ts";
import { UNKNOWN_SECRET } from "../support/builders.ts";
import { aQuickClient } from "../support/programs/own-client.ts";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { anUpstream } from "../support/upstream.ts";

const service = aService();

async function aClient(scopes: readonly string[] = ["secret:read"], options: Partial<ClientOptions> = {}) {
  const { key, secret } = await service.issue({ scopes: [...scopes] });
  const warnings: string[] = [];
  const warn = (warning: string) => warnings.push(warning);
  return { client: createClient({ baseUrl: service.url, key: secret, warn, ...options }), key, warnings };
}

async function refusalOf(call: Promise<unknown>): Promise<ProblemError> {
  const error: unknown = await call.then(
    () => "It was not refused.",
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProblemError)) throw new Error(`This is not a ProblemError: ${error}`);
  return error;
}

describe("the client, before the service itself,", () => {
  it("returns the response", async () => {
    const { client } = await aClient(["secret:read", "usage:read"]);
    const { data, response } = await client.GET("/secret-data");
    expect(data).toEqual({ message: "Welcome! Here is your secret data.", data: [10, 20, 30] });
    expect(response.status).toBe(200);
    expect((await client.HEAD("/secret-data" as never)).response.status).toBe(200);

    const csv = await client.GET("/v1/usage", { params: { query: { format: "csv" } }, parseAs: "text" });
    expect(csv.data).toMatch(/^at,/);
  });

  it("sends bodies, and parameters in their places", async () => {
    const { client } = await aClient(["clients:write", "clients:read", "keys:write"]);
    const { data: registered } = await client.POST("/v1/clients", { body: { name: "shop" } });
    const { data: found } = await client.GET("/v1/clients/{clientId}", { params: { path: { clientId: "shop" } } });
    expect(found).toEqual(registered);
    const { data: renamed } = await client.PATCH("/v1/clients/{clientId}", {
      params: { path: { clientId: "shop" }, header: { "If-Match": "*" } },
      body: { name: "book shop" },
    });
    expect(renamed.name).toBe("book shop");
  });

  it("throws each problem as an error that knows what belongs to its code", async () => {
    const { client } = await aClient(["clients:write"]);
    const error = await refusalOf(client.POST("/v1/clients", { body: { name: " " } }));
    if (error.code !== "request-invalid") throw error;
    expect(error.errors.map(({ pointer }) => pointer)).toEqual(["#/name"]);
    expect(error).toMatchObject({ name: "ProblemError", status: 400, title: expect.any(String) });
    expect(error.message).toBe(`request-invalid: ${error.detail} (${error.requestId})`);
    expect(error.requestId).toMatch(/^req_/);

    expect((await refusalOf(client.GET("/secret-data"))).code).toBe("scope-missing");
  });

  it("rejects an invalid key once", async () => {
    const { client, during, waits } = aQuickClient({ baseUrl: service.url, key: UNKNOWN_SECRET });
    expect(await refusalOf(during(client.GET("/secret-data" as never)))).toMatchObject({
      code: "key-invalid",
      status: 401,
    });
    expect(waits).toEqual([]);
  });

  it("warns once that its key was superseded, and until when it works", async () => {
    const { client, key, warnings } = await aClient();
    const { actions } = service.running;
    const outcome = await rotateKey(
      key.id,
      { seconds: 3_600, endWhenSilentSeconds: null },
      OPERATOR_AUTHORITY,
      actions,
    );
    expect(outcome.kind).toBe("rotated");
    for (let count = 0; count < 3; count++) await client.GET("/secret-data");
    expect(warnings).toEqual([expect.stringMatching(/^This API key was rotated and works until 20\d\d-.*Z; /)]);
  });

  it("lets middlewares see the response before it is thrown", async () => {
    const { client } = await aClient([]);
    const seen: number[] = [];
    const middleware = { onResponse: ({ response }: { response: Response }) => void seen.push(response.status) };
    client.use(middleware);
    await refusalOf(client.GET("/secret-data"));
    client.eject(middleware);
    await refusalOf(client.GET("/secret-data"));
    expect(seen).toEqual([403]);
  });

  it("has no way around its pace", async () => {
    const { client } = await aClient();
    expect(Object.keys(client).sort()).toEqual([
      "DELETE",
      "GET",
      "HEAD",
      "OPTIONS",
      "PATCH",
      "POST",
      "PUT",
      "TRACE",
      "eject",
      "use",
    ]);
  });
});

const answers = "responses: { '200': { description: Fine. } }";
const CONTRACT = `openapi: 3.1.1
info: { title: Shop, version: 1.0.0 }
servers: [{ url: / }]
x-latchkey:
  defaultPlan: small
  plans:
    small:
      limits:
        perKey: { per: key, requests: 30, windowSeconds: 1, burst: 5 }
        searches: { per: key, requests: 20, windowSeconds: 1, burst: 4 }
      quotas:
        daily: { requests: 30, period: day }
paths:
  /items:
    get: { operationId: getItems, security: [{ Token: [] }], ${answers} }
    post: { operationId: addItem, security: [{ Token: [] }], ${answers} }
  /search: { get: { operationId: search, security: [{ Token: [] }], x-latchkey: { limits: [searches] }, ${answers} } }
  /dear: { get: { operationId: getDear, security: [{ Token: [] }], x-latchkey: { cost: 4 }, ${answers} } }
components:
  securitySchemes:
    Token: { type: apiKey, in: header, name: X-Token }
`;

type Item = { responses: { 200: { content: { "application/json": { ok: boolean } } } } };
type Paths = { "/items": { get: Item; post: Item }; "/search": { get: Item }; "/dear": { get: Item } };

const folder = temporaryFolder();
const shop = anUpstream();
const gateway = aService(() => {
  const path = join(folder, "shop.yaml");
  writeFileSync(path, CONTRACT);
  return { LATCHKEY_CONTRACT: path, LATCHKEY_LENIENT: "true", LATCHKEY_UPSTREAM: shop.url };
});

describe("the client, for an API behind the service,", () => {
  let clients = 0;
  const aShopper = async (options: Partial<ClientOptions> = {}) => {
    const { secret } = await gateway.issue({ client: `client ${++clients}`, scopes: [] });
    return createClient<Paths>({ baseUrl: gateway.url, key: secret, keyHeader: "X-Token", ...options });
  };

  beforeEach(() => {
    shop.respondWith((_req, res) => void res.setHeader("Content-Type", "application/json").end('{"ok":true}'));
    shop.forget();
  });

  // That none of them is refused on its way, pace.test.ts shows on a clock that is held: on a busy machine requests that
  // were sent apart arrive together.
  it("makes each call once, however many are made at a time", async () => {
    const client = await aShopper();
    await client.GET("/items");
    await client.GET("/search");
    const calls = Array.from({ length: 24 }, (_, index) => client.GET(index % 4 === 0 ? "/search" : "/items"));
    for (const { data } of await Promise.all(calls)) expect(data).toEqual({ ok: true });
    expect(shop.recorded).toHaveLength(26);
  });

  it("comes through where it does not know its limits yet, or a call costs more than is left", async () => {
    const client = await aShopper({ attempts: 10 });
    const calls = [...Array.from({ length: 8 }, () => client.POST("/items")), client.GET("/dear"), client.GET("/dear")];
    for (const { data } of await Promise.all(calls)) expect(data).toEqual({ ok: true });
    expect(shop.recorded).toHaveLength(10);
  });

  it("does not wait for tomorrow's quota", async () => {
    const client = await aShopper({ attempts: 10 });
    await Promise.all(Array.from({ length: 30 }, () => client.GET("/items")));
    const error = await refusalOf(client.GET("/items"));
    if (error.code !== "quota-exceeded") throw error;
    expect(error.violatedPolicies).toEqual(["daily"]);
    expect(error.retryAfterSeconds).toBeGreaterThan(0);
  });

  it("throws what the API itself refuses, with what it says", async () => {
    shop.respondWith((_req, res) => void res.writeHead(404).end('{"reason":"no such item"}'));
    const client = await aShopper();
    const error = await client.GET("/items").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({ name: "ResponseError", status: 404, body: { reason: "no such item" } });
    expect(String(error)).toBe(
      "ResponseError: GET /items failed with 404, in a response that is not from the service itself.",
    );
  });

  it("explains how to read a response that is not JSON", async () => {
    shop.respondWith((_req, res) => void res.end("a text"));
    const client = await aShopper();
    await expect(client.GET("/items")).rejects.toThrow("The response to GET /items is not valid JSON; see parseAs.");
    expect((await client.GET("/items", { parseAs: "text" })).data).toBe("a text");
  });
});
