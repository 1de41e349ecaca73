import { writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import express, { type Express } from "express";
import request from "supertest";
import { callOf, type Latchkey, LatchkeyRefused, latchkey, type Options } from "../src/middleware.ts";
import { aFreePort } from "./support/process/ports.ts";
import { startProgram } from "./support/process/program.ts";
import { temporaryFolder } from "./support/temporary.ts";
import { exchangeRaw, parseResponse } from "./support/wire/raw.ts";

const CONTRACT = `openapi: 3.1.1
info: { title: Shop, version: 1.0.0 }
servers: [{ url: / }]
x-latchkey:
  defaultPlan: all
  plans: { all: { limits: { rare: { requests: 2, windowSeconds: 3600, burst: 2 } } } }
paths:
  /items/{id}:
    get:
      operationId: getItem
      security: [{ ApiKey: [items:read] }]
      parameters:
        - { name: id, in: path, required: true, schema: { type: string, maxLength: 40 } }
        - { name: n, in: query, schema: { type: integer, minimum: 1, maximum: 9, default: 3 } }
      responses:
        '200':
          description: An item.
          content:
            application/json:
              schema:
                type: object
                required: [id]
                additionalProperties: false
                properties: { id: { type: string }, n: { type: integer }, by: { type: string } }
        '404':
          description: None.
          content: { application/json: { schema: { type: object, properties: { reason: { type: string } } } } }
  /items/{id}/parts:
    get:
      operationId: getParts
      security: [{ ApiKey: [items:read] }]
      parameters:
        - { name: id, in: path, required: true, schema: { type: string, maxLength: 40 } }
        - { name: n, in: query, schema: { type: integer, maximum: 9, default: 3 } }
      responses: { '200': { description: Parts. } }
  /orders:
    post:
      operationId: addOrder
      security: [{ ApiKey: [orders:write] }]
      requestBody:
        required: true
        content:
          application/json:
            schema: { type: object, additionalProperties: false, properties: { name: { type: string, maxLength: 9 } } }
      responses: { '201': { description: Added. } }
  /files:
    put:
      operationId: putFile
      security: [{ ApiKey: [orders:write] }]
      requestBody: { required: true, content: { image/*: {} } }
      responses: { '204': { description: Kept. } }
  /open:
    get:
      operationId: getOpen
      security: []
      responses: { '200': { description: Open., content: { text/plain: { schema: { type: string } } } } }
  /rare:
    get: { operationId: getRare, security: [{ ApiKey: [] }], x-latchkey: { limits: [rare] }, responses: { '200': { description: Rare. } } }
  /optional:
    get:
      operationId: getOptional
      security: [{}, { ApiKey: [] }]
      responses: { '200': { description: Open., content: { text/plain: { schema: { type: string } } } } }
  /undeclared:
    get: { operationId: getUndeclared, security: [], responses: { '200': { description: Fine. } } }
components:
  securitySchemes:
    ApiKey: { type: apiKey, in: header, name: X-API-Key, x-scopes: { items:read: a, orders:write: b } }
`;

const folder = temporaryFolder();
const path = join(folder, "shop.yaml");
writeFileSync(path, CONTRACT);
const settings = { DATABASE_URL: `sqlite:${join(folder, "keys.db")}`, LOG_LEVEL: "info" };
const lines: string[] = [];
const OPTIONS: Options<never> = {
  contract: path,
  lenient: true,
  settings,
  writeLog: (line) => void lines.push(line),
};

/** The routes of a host app. They record the requests that reach them. */
let forwardAuth: string[] = [];
function anApp(keys: Latchkey): Express {
  const app = express();
  app.get("/home", (_req, res) => void res.send("before"));
  app.use(keys, express.json());
  app.get("/items/mine", (_req, res) => void res.send("mine"));
  app.get("/items/:id/parts", (req, res) => {
    forwardAuth.push(req.originalUrl);
    res.json({
      ...callOf(req),
      id: req.params.id,
      query: req.query,
      seen: JSON.stringify([req.headers, req.rawHeaders]),
    });
  });
  app.post("/orders", (req, res) => void res.status(201).json(req.body));
  app.put("/files", async (req, res) => {
    let bytes = 0;
    for await (const piece of req) bytes += piece.length;
    res.set("X-Bytes", `${bytes}`).sendStatus(204);
  });
  app.get("/undeclared", (req, res) => void res.set("X-Method", req.method).json(callOf(req)));
  app.get("/rare", (_req, res) => void res.send("rare"));
  app.get("/secret", (_req, res) => void res.send("must not be seen"));
  app.use((_req, res) => void res.status(404).send("routes of the app"));
  return app;
}

let keys: Latchkey;
const servers: Server[] = [];
const portOf = (server: Server) => (server.address() as AddressInfo).port;
async function listening(server: Server): Promise<Server> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

let strict: Server;
let plain: Server;
let secret = "";
let keyId = "";

beforeAll(async () => {
  keys = await latchkey<never>({
    ...OPTIONS,
    handlers: {
      getItem: ({ path: { id }, query, key }: never) => {
        const { n } = query as { n: number };
        if (id === "broken") throw new Error("of the app");
        if (id === "wrong") return { status: 200, body: { id: 7 } };
        if (id === "none") return { status: 404, body: { reason: "no such item" } };
        return { status: 200, body: { id, n, by: (key as { client: { name: string } }).client.name, hidden: key } };
      },
    },
    publicHandlers: {
      getOpen: () => ({ status: 200, body: "open" }),
      getOptional: ({ key }: { key?: object }) => ({ status: 200, body: Object.keys(key ?? {}).join() }),
    },
  } as never);
  const app = anApp(keys);
  strict = await listening(keys.createServer(app));
  plain = await listening(createServer(app));
  const words = "keys create --client shop --create-client --scope items:read,orders:write --json";
  const { out } = await startProgram(words.split(" "), {
    environment: { ...settings, LATCHKEY_CONTRACT: path, LATCHKEY_LENIENT: "true" },
  }).finished;
  ({
    secret,
    key: { id: keyId },
  } = JSON.parse(out));
});
beforeEach(() => {
  forwardAuth = [];
  lines.length = 0;
});
afterAll(async () => {
  await new Promise((resolve) => plain.close(resolve));
  await keys.close();
});

const get = (target: string, server = strict) =>
  request(`http://127.0.0.1:${portOf(server)}`)
    .get(target)
    .set("X-API-Key", secret);

describe.each([
  ["the server of latchkey", () => strict],
  ["a server of Node's", () => plain],
])("an app behind latchkey, on %s,", (_, server) => {
  const base = () => `http://127.0.0.1:${portOf(server())}`;

  it("passes a request with a key from the command line to its route, which does not see the key", async () => {
    const { status, body } = await get("/items/7/parts", server());
    expect(status).toBe(200);
    expect(body).toMatchObject({
      operationId: "getParts",
      requestId: expect.stringMatching(/^req_/),
      id: "7",
      query: { n: 3 },
      key: { id: keyId, client: { name: "shop" }, scopes: ["items:read", "orders:write"], environment: "live" },
    });
    expect(body.key).not.toHaveProperty("digest");
    expect(body.seen).not.toContain(secret);
  });

  it("gets the caller of an operation whose key is optional, if one was sent", async () => {
    expect((await get("/optional", server())).text).toBe("id,name,environment,scopes,metadata,client");
    expect(await (await fetch(`${base()}/optional`)).text()).toBe("");
    expect((await fetch(`${base()}/optional`, { headers: { "x-api-key": "junk" } })).status).toBe(401);
  });

  it("passes a login next to the key to its route", async () => {
    const answer = await fetch(`${base()}/items/7/parts`, {
      headers: { "x-api-key": secret, authorization: "Bearer eyJh.e30.x" },
    });
    const { seen } = (await answer.json()) as { seen: string };
    expect(seen).toContain("Bearer eyJh.e30.x");
    expect(seen).not.toContain(secret);
  });

  it.each([
    ["without a key", "/items/7/parts", "", 401],
    ["with a key that was never issued", "/items/7/parts", "lk_live_x", 401],
    ["to a route that the contract does not declare", "/secret", undefined, 404],
    ["to a path in another case", "/ITEMS/7/parts", undefined, 404],
    ["to a path with a slash at its end", "/items/7/parts/", undefined, 404],
    ["to a path in a parameter", "/items/..%2f..%2fsecret/parts", undefined, 400],
    ["to a path in a parameter, encoded twice", "/items/%252e%252e%252fsecret/parts", undefined, 400],
  ])("does not let a request through %s", async (_name, target, key = secret, status) => {
    const answer = await request(base()).get(target).set("X-API-Key", key);
    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(forwardAuth).toEqual([]);
  });

  it("finds the route of the checked path, however it was written", async () => {
    await get("/items/%c3%a4%20~*/parts?n=4", server()).expect(200);
    expect(forwardAuth).toEqual(["/items/%c3%a4%20~*/parts?n=4"]);
    const raw = `GET http://localhost/items/7/parts HTTP/1.1\r\nHost: localhost\r\nX-API-Key: ${secret}\r\n\r\n`;
    expect(parseResponse(await exchangeRaw(portOf(server()), raw)).status).toBe(200);
    expect(forwardAuth[1]).toBe("/items/7/parts");
  });

  it("gives routes the checked body, or the stream", async () => {
    const post = (body: object) => request(base()).post("/orders").set("X-API-Key", secret).send(body);
    expect((await post({ name: "tea" })).body).toEqual({ name: "tea" });
    expect((await post({ name: "too long a name" })).status).toBe(400);
    const put = request(base()).put("/files").set("X-API-Key", secret).type("image/png");
    const { status, headers } = await put.send(Buffer.alloc(100_000));
    expect({ status, bytes: headers["x-bytes"] }).toEqual({ status: 204, bytes: "100000" });
  });

  it("lets a public operation through without a key", async () => {
    const { status, body } = await request(base()).get("/undeclared");
    expect({ status, body }).toEqual({
      status: 200,
      body: { requestId: expect.stringMatching(/^req_/), operationId: "getUndeclared" },
    });
  });

  it("leaves routes before it alone, and serves the built-in operations", async () => {
    expect((await request(base()).get("/home")).text).toBe("before");
    expect((await request(base()).get("/docs")).text).toMatch(/swagger-ui/);
    expect((await get("/v1/key", server())).body.id).toBe(keyId);
    expect((await request(base()).get("/openapi.json")).body.paths).toHaveProperty(["/orders"]);
  });

  it("shows HEAD to the routes as GET, as it was checked", async () => {
    const { status, headers } = await request(base()).head("/undeclared");
    expect([status, headers["x-method"]]).toEqual([200, "GET"]);
  });

  it("serves HEAD as GET without the body", async () => {
    const { status, text } = await request(base()).head("/items/7/parts").set("X-API-Key", secret);
    expect({ status, text }).toEqual({ status: 200, text: undefined });
    expect(forwardAuth).toEqual(["/items/7/parts"]);
  });
});

describe("a typed handler", () => {
  it("gets validated values and the caller, and its response keeps to the contract", async () => {
    expect((await get("/items/mine")).body).toEqual({ id: "mine", n: 3, by: "shop" });
    expect((await get("/items/7?n=9")).body.n).toBe(9);
    expect((await get("/items/7?n=10")).status).toBe(400);
  });

  it("may reply with every declared status", async () => {
    const { status, body } = await get("/items/none");
    expect({ status, body }).toEqual({ status: 404, body: { reason: "no such item" } });
  });

  it.each(["wrong", "broken"])("that is %s causes a 500, and only the log has the cause", async (id) => {
    const { status, body } = await get(`/items/${id}`);
    expect({ status, code: body.code }).toEqual({ status: 500, code: "internal-error" });
    expect(lines.join("")).toMatch(id === "broken" ? /of the app/ : /must be string/);
  });

  it("of a public operation is called without a key", async () => {
    const { text, headers } = await request(`http://127.0.0.1:${portOf(strict)}`).get("/open");
    expect({ text, type: headers["content-type"] }).toEqual({ text: "open", type: "text/plain; charset=utf-8" });
  });
});

it("an app's routes are limited like everything else", async () => {
  const answers = [await get("/rare"), await get("/rare"), await get("/rare")];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(answers[0]?.headers["ratelimit"]).toMatch(/^"rare";r=1;t=/);
});

describe("the start is refused", () => {
  const refusal = (options: object) =>
    latchkey({ ...OPTIONS, ...options }).then(
      () => "started",
      (error: Error) => (error instanceof LatchkeyRefused ? error.message : error),
    );

  it.each([
    ["without a contract", { contract: undefined }, /LATCHKEY_CONTRACT/],
    ["with an unknown setting", { settings: { ...settings, LATCHKEY_PORT: "1" } }, /LATCHKEY_PORT is not a setting/],
    ["with an upstream", { settings: { ...settings, LATCHKEY_UPSTREAM: "http://127.0.0.1:1" } }, /LATCHKEY_UPSTREAM/],
    ["with a contract file that does not exist", { contract: join(folder, "no.yaml") }, /no\.yaml:1: /],
    ["with a contract that has findings", { lenient: false, strict: true }, /shop\.yaml:\d+: /],
    [
      "with a handler of an unknown operation",
      { handlers: { getNothing: () => {} } },
      /getNothing, which is not an operation/,
    ],
    [
      "with a handler of a built-in operation",
      { handlers: { getOwnKey: () => {} } },
      /getOwnKey, which is not an operation/,
    ],
    [
      "with a public handler that needs a key",
      { publicHandlers: { getItem: () => {} } },
      /shop\.yaml:9: getItem needs a key/,
    ],
    [
      "with a keyed handler whose requests may have no key",
      { handlers: { getOptional: () => {} } },
      /:\d+: getOptional also admits requests without a key: move its handler to publicHandlers/,
    ],
    ["with a keyed handler that needs none", { handlers: { getOpen: () => {} } }, /:\d+: getOpen needs no key/],
  ])("%s", async (_, options, words) => {
    expect(await refusal(options)).toMatch(words);
  });

  it("with an upstream at an operation", async () => {
    const other = join(folder, "other.yaml");
    writeFileSync(
      other,
      CONTRACT.replace(
        "operationId: getItem",
        "operationId: getItem\n      x-latchkey: { upstream: 'http://127.0.0.1:1' }",
      ),
    );
    expect(await refusal({ contract: other })).toMatch(/getItem names an upstream/);
  });
});

describe("a wrong place in the app is an error", () => {
  const statusOf = async (build: (app: Express) => void) => {
    const app = express();
    build(app);
    app.use((_req: unknown, res: { send: (text: string) => void }) => res.send("unprotected"));
    app.use(
      ((error: Error, _req, res, _next) => void res.status(500).send(error.message)) as express.ErrorRequestHandler,
    );
    const server = await listening(createServer(app as RequestListener));
    const answer = await request(`http://127.0.0.1:${portOf(server)}`)
      .post("/api/orders")
      .set("X-API-Key", secret)
      .send({});
    await new Promise((resolve) => server.close(resolve));
    return [answer.status, answer.text];
  };

  it("at several paths", async () => {
    const build = (app: Express) => void app.use(["/api", "/api/orders"], keys);
    expect(await statusOf(build)).toEqual([500, expect.stringContaining("several paths")]);
  });

  it("after a body parser", async () => {
    expect(await statusOf((app) => app.use(express.json(), keys))).toEqual([500, expect.stringContaining("before")]);
  });

  const ROUTES: readonly (readonly [string, (app: Express) => void])[] = [
    ["a route of one method", (app) => app.post("/api/orders", keys)],
    ["a route of all methods", (app) => app.all("/api/orders", keys)],
    [
      "a route with a chain",
      (app) => app.route("/api/orders").post([(_req: unknown, _res: unknown, next: () => void) => next(), keys]),
    ],
    ["a route of a router", (app) => app.use("/", express.Router().post("/api/orders", keys))],
    ["a router within a route", (app) => app.post("/api/orders", express.Router().use(keys))],
  ];

  it.each(ROUTES)("%s", async (_case, build) => {
    expect(await statusOf(build)).toEqual([500, expect.stringContaining("write app.use(keys)")]);
  });

  it("and is logged once", async () => {
    const other = await latchkey<never>(OPTIONS);
    const build = (app: Express) => void app.post("/api/orders", other);
    for (let count = 0; count < 3; count++) await statusOf(build);
    expect(lines.filter((line) => line.includes("write app.use(keys)"))).toHaveLength(1);
    await other.close();
  });

  it.each(ROUTES)("and no server is created for it: %s", (_case, build) => {
    const app = express();
    build(app);
    expect(() => keys.createServer(app)).toThrow(LatchkeyRefused);
  });

  it("unlike a route before it that calls next", async () => {
    const build = (app: Express) => {
      app.post("/api/orders", (_req, _res, next) => next());
      app.use(keys);
      expect(() => servers.push(keys.createServer(app))).not.toThrow();
    };
    expect(await statusOf(build)).toEqual([404, expect.stringContaining("not-found")]);
  });

  it("a route that latchkey does not protect", () => {
    expect(() => callOf({})).toThrow(/app\.use\(keys\) before/);
  });
});

it("may have its administration on a listener of its own", async () => {
  const port = await aFreePort();
  const own = { ...settings, DATABASE_URL: "sqlite::memory:", LATCHKEY_ADMIN_LISTEN: `127.0.0.1:${port}` };
  const other = await latchkey<never>({ ...OPTIONS, settings: own });
  const server = await listening(createServer(express().use(other)));
  await request(`http://127.0.0.1:${port}`).get("/v1/keys").expect(401);
  await request(`http://127.0.0.1:${portOf(server)}`)
    .get("/v1/keys")
    .expect(404);
  await other.close();
  server.close();
  await expect(fetch(`http://127.0.0.1:${port}/v1/keys`)).rejects.toThrow();
});

it("closes in order: requests in flight are finished", async () => {
  const other = await latchkey<never>({ ...OPTIONS, settings: { ...settings, DATABASE_URL: "sqlite::memory:" } });
  const app = express();
  let finish: (() => void) | undefined;
  app.use("/slow", (_req, res) => {
    finish = () => res.send("done");
  });
  app.use(other);
  const server = await listening(other.createServer(app));
  const answer = request(`http://127.0.0.1:${portOf(server)}`)
    .get("/slow")
    .then(({ text }) => text);
  while (finish === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  const closed = other.close();
  while (server.listening) await new Promise((resolve) => setTimeout(resolve, 5));
  finish();
  await closed;
  expect(await answer).toBe("done");
  expect(server.listening).toBe(false);
});
