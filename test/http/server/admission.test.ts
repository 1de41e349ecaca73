import { beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { revokeKey } from "../../../src/admin/keys/revoke-key.ts";
import type { Operation } from "../../../src/contract/model/operations.ts";
import { SCOPES, UNKNOWN_SECRET } from "../../support/builders.ts";
import { expectDeclared, OPERATIONS } from "../../support/model/declared.ts";
import { aService } from "../../support/service.ts";

const service = aService();

/** Secrets by what is the matter with them. */
const keys: Record<string, string> = { malformed: "lk_live_nonsense", unknown: UNKNOWN_SECRET };

beforeAll(async () => {
  const { running, issue } = service;
  const good = await issue({ client: "good", scopes: SCOPES });
  const revoked = await issue({ client: "good", scopes: SCOPES });
  await revokeKey(revoked.key.id, { reason: "leaked" }, running.actions);
  const expired = await issue({ client: "good", scopes: SCOPES });
  await running.actions.db.updateTable("keys").set({ expires_at: 1 }).where("id", "=", expired.key.id).execute();
  const victim = await issue({ client: "victim" });
  Object.assign(keys, { good: good.secret, revoked: revoked.secret, expired: expired.secret, victimId: victim.key.id });
});

/** What each state of a key is answered with, wherever a key is needed. */
const REFUSALS = {
  missing: { status: 401, code: "key-missing" },
  malformed: { status: 401, code: "key-invalid" },
  unknown: { status: 401, code: "key-invalid" },
  revoked: { status: 401, code: "key-revoked" },
  expired: { status: 401, code: "key-expired" },
} as const;

const OTHER_QUESTIONS = ["request-invalid", "key-not-rotatable", "self-rotation-refused", "precondition-required"];

/** What can be changed carries what the change has to name. */
const CHANGEABLE = ["getKey", "getClient", "updateKey", "updateClient"];

const KEYED = OPERATIONS.filter((operation) => !operation.isPublic);
const PUBLIC = OPERATIONS.filter((operation) => operation.isPublic);

function call(operation: Operation, secret: string | undefined) {
  const path = operation.path.replace("{clientId}", "victim").replace("{keyId}", keys["victimId"] ?? "");
  const isInQuery = operation.schemes[0] === "ApiKeyQuery";
  const target = isInQuery && secret ? `${path}?api_key=${secret}` : path;
  const method = operation.method.toLowerCase() as "get" | "post" | "patch";
  const sent = request(service.url)[method](target);
  return isInQuery || secret === undefined ? sent : sent.set("x-api-key", secret);
}

describe.each(KEYED.map((operation) => [operation.id, operation] as const))("%s", (id, operation) => {
  it.each(Object.entries(REFUSALS))("refuses a key that is %s, with a challenge", async (state, { status, code }) => {
    const answer = await call(operation, keys[state]);
    expectDeclared(id, answer);
    expect(answer.body).toMatchObject({ status, code, error: operation.unauthorizedError });
    const isSent = state !== "missing";
    expect(answer.headers["www-authenticate"]).toBe(
      isSent ? 'Bearer realm="latchkey", error="invalid_token"' : 'Bearer realm="latchkey"',
    );
  });

  it("gives malformed and unknown keys the same response", async () => {
    const [malformed, unknown] = await Promise.all([
      call(operation, keys["malformed"]),
      call(operation, UNKNOWN_SECRET),
    ]);
    expect({ ...malformed.body, requestId: "" }).toEqual({ ...unknown.body, requestId: "" });
  });

  it("is closed to a key that has every scope but the one needed, and names that", async () => {
    const [needed] = operation.scopes;
    if (needed === undefined) return expect(["getOwnKey", "rotateOwnKey", "getOwnUsage"]).toContain(id);
    const { secret } = await service.issue({ client: id, scopes: SCOPES.filter((scope) => scope !== needed) });
    const answer = await call(operation, secret);
    expectDeclared(id, answer);
    expect(answer.body).toMatchObject({ status: 403, code: "scope-missing" });
    expect(answer.body.detail).toContain(needed);
    expect(answer.headers["www-authenticate"]).toBeUndefined();
  });

  it("admits a key that has only this scope", async () => {
    const { secret } = await service.issue({
      client: `${id}-exact`,
      scopes: operation.scopes.length ? operation.scopes : ["data:read"],
    });
    const answer = await call(operation, secret);
    expectDeclared(id, answer);
    // What the key may do here is another question: there is no body, and the key of the path may be rotated already.
    expect([undefined, ...OTHER_QUESTIONS]).toContain(answer.body.code === "valid" ? undefined : answer.body.code);
  });

  it("protects every response from caches and content sniffing", async () => {
    for (const secret of [undefined, keys["unknown"], keys["good"]]) {
      const { headers } = await call(operation, secret);
      expect(headers).toMatchObject({
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "x-request-id": expect.stringMatching(/^req_[0-9A-Za-z]{20}$/),
      });
      // Only where the contract says so, for changes; never for a cache.
      if (!CHANGEABLE.includes(id)) expect(headers).not.toHaveProperty("etag");
      expect(headers).not.toHaveProperty("x-powered-by");
    }
  });
});

describe.each(PUBLIC.map((operation) => [operation.id, operation] as const))("%s", (id, operation) => {
  it.each(["missing", "unknown", "good"])("responds to a key that is %s, because it needs none", async (state) => {
    const answer = await call(operation, keys[state]);
    expectDeclared(id, answer);
    // Who asks for another request has to name it; test/http/stages/forward-auth.test.ts does.
    expect(answer.status).toBe(id === "authorizeRequest" ? 400 : 200);
  });
});

describe("the lesson's responses", () => {
  it("are exactly those of the lesson", async () => {
    const secret = keys["good"] ?? "";
    const data = await request(service.url).get("/data").set("x-api-key", secret);
    expect(data.text).toBe('{"message":"Access granted","data":[1,2,3]}');
    const secretData = await request(service.url).get("/secret-data").set("x-api-key", secret);
    expect(secretData.text).toBe('{"message":"Welcome! Here is your secret data.","data":[10,20,30]}');
    const info = await request(service.url).get(`/info?api_key=${secret}`);
    expect(info.text).toBe("Info data");
    expect(info.headers["content-type"]).toBe("text/plain; charset=utf-8");
  });

  it("name the refusal as its clients expect", async () => {
    const errorAt = async (path: string) => (await request(service.url).get(path)).body.error;
    expect(await errorAt("/data")).toBe("Unauthorized");
    expect(await errorAt("/info")).toBe("Unauthorized");
    expect(await errorAt("/secret-data")).toBe("Unauthorized access");
  });
});

describe("a revoked key", () => {
  it("is refused from the very next request on", async () => {
    const { key, secret } = await service.issue();
    const call = () => request(service.url).get("/data").set("x-api-key", secret);
    expect((await call()).status).toBe(200);
    await request(service.url)
      .post(`/v1/keys/${key.id}/revoke`)
      .set("x-api-key", keys["good"] ?? "")
      .expect(200);
    expect((await call()).body.code).toBe("key-revoked");
  });
});

describe("what is logged", () => {
  // The other one refuses hundreds of requests in a second, and of each kind only 50 lines a second are logged.
  const calm = aService();

  it("is one line per refusal, with the request id and without the key", async () => {
    const answer = await request(calm.url).get("/data").set("x-api-key", UNKNOWN_SECRET);
    const lines = calm.logged().filter(({ requestId }) => requestId === answer.body.requestId);
    expect(lines.filter(({ msg }) => msg !== "response sent")).toEqual([
      expect.objectContaining({ level: 30, method: "GET", operation: "getData", status: 401, code: "key-invalid" }),
    ]);
    expect(JSON.stringify(calm.logged())).not.toContain(UNKNOWN_SECRET);
  });

  it("names the key that was refused by its id", async () => {
    const { key, secret } = await calm.issue();
    await revokeKey(key.id, { reason: "leaked" }, calm.running.actions);
    const answer = await request(calm.url).get("/data").set("x-api-key", secret);
    const [line] = calm.logged().filter(({ requestId }) => requestId === answer.body.requestId);
    expect(line?.["keyId"]).toMatch(/^key_/);
  });
});
