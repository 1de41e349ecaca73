import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import type { ActionDeps } from "../../../src/admin/actions.ts";
import { loadDocument } from "../../../src/contract/document/load.ts";
import { createHandlers, HANDLER_FACTORIES, type HandlerDeps } from "../../../src/http/handlers/handlers.ts";
import type { HandlersById } from "../../../src/http/reply/handler.ts";
import { KEYS_IN_TEXT, mayContainKeys } from "../../../src/keys/format.ts";
import { createLog } from "../../../src/lib/log/log.ts";
import { createApp } from "../../../src/service/app/app.ts";
import type { AppDeps } from "../../../src/service/app/app-deps.ts";
import { createJudge } from "../../../src/service/app/create-judge.ts";
import { BUILT_IN_CONTRACT } from "../../../src/service/built-in-contract.ts";
import { StoreFailure } from "../../../src/store/database/failure.ts";
import { aHeldClock, aKey, SCOPES, someActions, UNKNOWN_SECRET } from "../../support/builders.ts";
import { someLimits, someUsage } from "../../support/limits.ts";
import { DOCUMENT, expectDeclared } from "../../support/model/declared.ts";
import { modelOf } from "../../support/model/models.ts";

const CAUSE = "SQLITE_IOERR at /var/lib/secret.db";

const lines: string[] = [];
const servers: ReturnType<typeof createServer>[] = [];

function someHandlerDeps(actions: ActionDeps, isReady: boolean): HandlerDeps {
  const keys = { findByDigest: broken };
  const { meter } = someUsage();
  return { ...actions, ...someLimits(DOCUMENT), meter, keys, environments: ["live"], isReady: async () => isReady };
}

type Wishes = {
  readonly keys?: AppDeps["keys"]["finder"];
  readonly isStopping?: AppDeps["isStopping"];
  readonly environments?: AppDeps["keys"]["environments"];
};

/** What the running test wants of the app. There is one for all of them: to make it takes a third of a second. */
let wishes: Wishes = {};
let wishedHandlers: Readonly<Record<string, unknown>> = {};
let url = "";

async function startApp({ environments = ["live", "test"] }: Wishes = {}): Promise<string> {
  const actions = await someActions();
  const handlers = Object.entries(createHandlers(someHandlerDeps(actions, true))).map(([id, handler]) => [
    id,
    (call: never) => ((wishedHandlers[id] ?? handler) as typeof handler)(call),
  ]);
  const contract = modelOf(loadDocument(BUILT_IN_CONTRACT));
  const byId: HandlersById = Object.fromEntries(handlers);
  const app = createApp({
    judge: await createJudge(contract, false),
    limits: someLimits(DOCUMENT),
    usage: someUsage(),
    contract,
    handlers: byId,
    log: createLog({
      level: "trace",
      secrets: KEYS_IN_TEXT,
      mayContainSecrets: mayContainKeys,
      destination: { write: (line) => void lines.push(line) },
    }),
    keys: {
      finder: { findByDigest: (digest) => (wishes.keys ?? KNOWS_ONE).findByDigest(digest) },
      environments,
      reportLeak: () => {},
    },
    clock: aHeldClock(),
    random: actions.random,
    transport: { trustedHops: 0, cleartext: "refuse", corsOrigins: [], authorizeFrom: [] },
    maxBodyBytes: 1_048_576,
    requests: "enforce",
    isStopping: () => wishes.isStopping?.() ?? false,
  });
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const KNOWS_ONE = { findByDigest: async () => aKey({ scopes: SCOPES }) };

beforeAll(async () => {
  url = await startApp();
});

/** The app, which knows one key, with every scope; the rest as a test wants it. */
async function anApp(wanted: Wishes = {}, handlers: Readonly<Record<string, unknown>> = {}) {
  wishes = wanted;
  wishedHandlers = handlers;
  const here = wanted.environments ? await startApp(wanted) : url;
  return { get: (path: string) => request(here).get(path).set("x-api-key", UNKNOWN_SECRET), url: here };
}

afterAll(() => {
  for (const server of servers) server.close();
});

const broken = () => {
  throw new StoreFailure(CAUSE, { cause: new Error(CAUSE), isBusy: false });
};

describe("a store that fails", () => {
  it.each([
    ["as it should", async () => broken()],
    [
      "in an unexpected way",
      async () => {
        throw new TypeError(CAUSE);
      },
    ],
  ])("during the look-up of the key, %s, admits no request and does not show the cause", async (_, findByDigest) => {
    const { get } = await anApp({ keys: { findByDigest } });
    for (const [id, path] of [
      ["getData", "/data"],
      ["listKeys", "/v1/keys"],
    ] as const) {
      const answer = await get(path);
      expectDeclared(id, answer);
      expect(answer.body).toMatchObject({ status: 503, code: "unavailable" });
      expect(answer.headers["retry-after"]).toBe("1");
      expect(answer.text).not.toContain("SQLITE");
    }
    expect(lines.findLast((line) => line.includes('"level":50'))).toContain("SQLITE_IOERR");
    expect((await get("/openapi.json")).status).toBe(503);
  });

  it("during a handler is 503 too", async () => {
    const { get } = await anApp({}, { listKeys: broken });
    const answer = await get("/v1/keys");
    expectDeclared("listKeys", answer);
    expect(answer.body.code).toBe("unavailable");
    expect(answer.text).not.toContain("SQLITE");
  });

  it("during the verification of a key is 503", async () => {
    const { url } = await anApp();
    const sent = request(url).post("/v1/keys/verify").set("x-api-key", UNKNOWN_SECRET);
    const answer = await sent.send({ secret: UNKNOWN_SECRET });
    expectDeclared("verifyKey", answer);
    expect(answer.body.code).toBe("unavailable");
  });

  it("does not affect health checks", async () => {
    const { get } = await anApp({ keys: { findByDigest: broken } });
    expect((await get("/healthz")).status).toBe(200);
  });
});

describe("a service that is not ready", () => {
  it("responds with 503", async () => {
    const actions = await someActions();
    const getReadiness = HANDLER_FACTORIES.getReadiness(someHandlerDeps(actions, false));
    const answer = await (await anApp({}, { getReadiness })).get("/readyz");
    expectDeclared("getReadiness", answer);
    expect(answer.body.code).toBe("unavailable");
  });

  it("closes connections when it is about to stop", async () => {
    const { get } = await anApp({ isStopping: () => true });
    expect((await get("/data")).headers["connection"]).toBe("close");
    const { url } = await anApp({ isStopping: () => true });
    const posted = await request(url).post("/v1/clients").set("x-api-key", UNKNOWN_SECRET).send({ name: "late" });
    expect(posted.headers["connection"]).toBe("close");
  });
});

describe("a handler", () => {
  it("that throws is 500 without the reason", async () => {
    const getData = () => {
      throw new Error(CAUSE);
    };
    const answer = await (await anApp({}, { getData })).get("/data");
    expectDeclared("getData", answer);
    expect(answer.body).toMatchObject({ status: 500, code: "internal-error" });
    expect(answer.text).not.toContain("SQLITE");
    expect(lines.findLast((line) => line.includes('"level":50'))).toContain("SQLITE_IOERR");
  });

  it("whose body lacks a declared field is a fault, not a response", async () => {
    const answer = await (await anApp({}, { getData: () => ({ status: 200, body: { message: "half" } }) })).get(
      "/data",
    );
    expect(answer.body).toMatchObject({ status: 500, code: "internal-error" });
    expect(answer.text).not.toContain("half");
  });

  it("whose status is not declared is a fault, not a response", async () => {
    const getData = () => ({ status: 202, body: { message: "queued", data: [] } });
    const answer = await (await anApp({}, { getData })).get("/data");
    expect(answer.body).toMatchObject({ status: 500, code: "internal-error" });
  });

  it("cannot send a field that is not declared", async () => {
    const getData = () => ({ status: 200, body: { message: "hello", data: [], digest: "sha256:0" } });
    const answer = await (await anApp({}, { getData })).get("/data");
    expect(answer.body).toEqual({ message: "hello", data: [] });
  });

  it("gets the record of the key, never its text", async () => {
    const calls: object[] = [];
    const getInfo = (call: object) => {
      calls.push(call);
      return { status: 200, body: "Info data" };
    };
    const { url } = await anApp({}, { getInfo });
    await request(url).get(`/info?api_key=${UNKNOWN_SECRET}`).expect(200);
    expect(calls).toEqual([
      expect.objectContaining({ query: {}, key: expect.objectContaining({ name: "nightly import" }) }),
    ]);
    expect(JSON.stringify(calls)).not.toContain(UNKNOWN_SECRET);
  });
});

describe("a key that loses its permission while its request is handled", () => {
  const AT = [
    ["createClient", "/v1/clients", { name: "a" }],
    ["createKey", "/v1/keys", { clientId: "a", name: "a", scopes: ["data:read"] }],
    ["revokeKey", "/v1/keys/key_aaaaaaaaaaaaaaaaaaaa/revoke", {}],
    ["rotateKey", "/v1/keys/key_aaaaaaaaaaaaaaaaaaaa/rotate", {}],
    ["disableKey", "/v1/keys/key_aaaaaaaaaaaaaaaaaaaa/disable", undefined],
    ["enableKey", "/v1/keys/key_aaaaaaaaaaaaaaaaaaaa/enable", undefined],
    ["disableClient", "/v1/clients/acme/disable", undefined],
    ["enableClient", "/v1/clients/acme/enable", undefined],
    ["rotateOwnKey", "/v1/key/rotate", {}],
    ["revokeClientKeys", "/v1/clients/acme/revoke-keys", {}],
    ["updateKey", "/v1/keys/key_aaaaaaaaaaaaaaaaaaaa", { name: "a" }],
    ["updateClient", "/v1/clients/acme", { name: "a" }],
  ] as const;

  it.each(AT)("is refused by %s like a key that never had it", async (id, path, body) => {
    // The finder still knows the key; the store, which is read again inside the action, does not.
    const findByDigest = async () => aKey({ scopes: SCOPES, selfRotation: true });
    const { url } = await anApp({ keys: { findByDigest } });
    const method = id.startsWith("update") ? "patch" : "post";
    const headers = { "x-api-key": UNKNOWN_SECRET, "If-Match": "*" };
    const answer = await request(url)[method](path).set(headers).send(body);
    expectDeclared(id, answer);
    expect(answer.body).toMatchObject({ status: 401, code: "key-revoked", error: "Unauthorized" });
  });
});

describe("a key of an environment that is not accepted", () => {
  it("is valid, but not here", async () => {
    const answer = await (await anApp({ environments: ["test"] })).get("/data");
    expectDeclared("getData", answer);
    expect(answer.body).toMatchObject({ status: 403, code: "environment-refused" });
  });
});

describe("a key that is revoked while a body is read", () => {
  it("never reaches the handler", async () => {
    let looks = 0;
    let calls = 0;
    const findByDigest = async () => aKey({ scopes: SCOPES, revokedAt: looks++ === 0 ? null : 1 });
    const { url } = await anApp({ keys: { findByDigest } }, { createClient: () => calls++ });
    const answer = await request(url).post("/v1/clients").set("x-api-key", UNKNOWN_SECRET).send({ name: "late" });
    expectDeclared("createClient", answer);
    expect(answer.body.code).toBe("key-revoked");
    expect({ looks, calls }).toEqual({ looks: 2, calls: 0 });
  });
});

describe("the same request", () => {
  let looks = 0;
  let get: Awaited<ReturnType<typeof anApp>>["get"];

  beforeAll(async () => {
    const findByDigest = async () => {
      looks++;
      return aKey({ scopes: SCOPES });
    };
    ({ get } = await anApp({ keys: { findByDigest } }));
  });

  it("looks its key up once", async () => {
    looks = 0;
    await get("/data").expect(200);
    expect(looks).toBe(1);
  });

  it("never looks up what cannot be a key", async () => {
    looks = 0;
    for (const junk of ["junk", `${UNKNOWN_SECRET.slice(0, -1)}!`, UNKNOWN_SECRET.replace("live", "test")]) {
      await get("/data").set("x-api-key", junk).expect(401);
    }
    expect(looks).toBe(0);
  });
});
