import { beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { loadBuiltInContract } from "../../../src/service/built-in-contract.ts";
import { openDatabase } from "../../../src/store/database/database.ts";
import { findDecision, writeDecisions } from "../../../src/store/decisions.ts";
import { anAdmin } from "../../support/admin.ts";
import { NOON, UNKNOWN_SECRET } from "../../support/builders.ts";
import { lineWith } from "../../support/model/contract.ts";
import { expectDeclared } from "../../support/model/declared.ts";
import { aService } from "../../support/service.ts";

const service = aService();
const { get, post } = anAdmin(service);
let secret = "";
let keyId = "";

beforeAll(async () => {
  const { key, secret: issued } = await service.issue({ client: "reader", scopes: ["data:read"] });
  secret = issued;
  keyId = key.id;
});

/** The first line that has `part`, from the one that has `operation` on. */
function lineBehind(operation: string, part: string) {
  const { text } = loadBuiltInContract();
  const start = lineWith(text, operation) - 1;
  const rest = text.split("\n").slice(start);
  return start + 1 + rest.findIndex((line) => line.includes(part));
}

/** Once it is written, a moment after the answer. */
async function decisionOn(requestId: unknown) {
  for (;;) {
    const answer = await get(`/v1/decisions/${requestId}`);
    if (answer.status === 200) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("a refusal is explained to the operator", () => {
  it("by its request id, with the stage and the line of the contract", async () => {
    const refused = await get("/secret-data", secret);
    const answer = await decisionOn(refused.body.requestId);
    expectDeclared("getDecision", answer);
    expect(answer.body).toMatchObject({
      requestId: refused.body.requestId,
      status: 403,
      code: "scope-missing",
      detail: refused.body.detail,
      check: "authorize",
      method: "GET",
      operation: "getSecretData",
      line: lineBehind("operationId: getSecretData", "security:"),
      keyId,
      address: "127.0.0.1",
    });
    expect(JSON.stringify(refused.body)).not.toContain("check");
  });

  it.each([
    ["a parameter", () => get("/v1/usage?bucket=year"), "operationId: getUsage", "- name: bucket"],
    ["the body", () => post("/v1/clients", { name: 1 }), "operationId: createClient", "requestBody:"],
    ["an operation", () => post("/v1/clients", { name: "reader" }), "  /v1/clients:", "post:"],
  ])("by the line of %s", async (_what, ask, operation, part) => {
    const { body } = await ask();
    expect((await decisionOn(body.requestId)).body.line).toBe(lineBehind(operation, part));
  });

  it.each([
    ["identify", () => get("/data", UNKNOWN_SECRET), "key-invalid"],
    ["identify", () => request(service.url).get("/data"), "key-missing"],
    ["match", () => get("/nothing"), "not-found"],
    ["validate", () => get("/v1/keys?limit=0"), "request-invalid"],
    ["body", () => request(service.url).post("/v1/clients").set({ "x-api-key": UNKNOWN_SECRET }), "key-invalid"],
    ["message", () => get("/data?x=%zz"), "target-invalid"],
    ["handle", () => post("/v1/clients", { name: "reader" }), "client-name-taken"],
  ] as const)("%s", async (check, ask, code) => {
    const { body } = await ask();
    const decision = (await decisionOn(body.requestId)).body;
    expect(decision.code).toBe(code);
    if (code !== "key-invalid" || check === "identify") expect(decision.check).toBe(check);
  });

  it("without a key that was sent as a name", async () => {
    const { body } = await get(`/v1/keys?${secret}=1`);
    const decision = (await decisionOn(body.requestId)).body;
    expect(decision.detail).toContain("'[redacted]'");
    expect(decision.detail).toBe(body.detail);
  });

  it("only, and not for a request that was not refused", async () => {
    const { body, headers } = await get("/secret-data", secret);
    expect((await get(`/v1/decisions/${body.requestId}`, secret)).body.code).toBe("scope-missing");
    const fine = await get("/data");
    const unknown = await get(`/v1/decisions/${fine.headers["x-request-id"]}`);
    expectDeclared("getDecision", unknown);
    expect(unknown.status).toBe(404);
    expect(headers["x-request-id"]).toBe(body.requestId);
  });
});

describe("the uses of a key", () => {
  it("are listed, the latest first, also for a superseded key", async () => {
    await get("/data", secret);
    await get("/v1/key", secret);
    for (;;) {
      const answer = await get(`/v1/keys/${keyId}/uses`);
      expectDeclared("listKeyUses", answer);
      if (answer.body.items.some(({ operation }: { operation: string }) => operation === "getOwnKey")) {
        expect(answer.body.items).toContainEqual({
          operation: "getData",
          network: "127.0.0.1",
          lastUsedAt: expect.stringMatching(/Z$/),
          requests: expect.any(Number),
        });
        break;
      }
    }
    expect((await get("/v1/keys/key_aaaaaaaaaaaaaaaaaaaa/uses")).status).toBe(404);
  });
});

describe("decisions in the store", () => {
  it("are the latest ones, of keys and of unknown callers", async () => {
    const db = await openDatabase("sqlite::memory:");
    const decision = (index: number, keyId = "") => ({
      requestId: `req_${index}`,
      at: NOON,
      status: 403,
      code: "scope-missing",
      detail: "",
      check: "authorize" as const,
      method: "GET",
      operation: "",
      line: 0,
      clientId: "",
      keyId,
      address: "",
    });
    for (let index = 0; index < 6; index += 2) await writeDecisions(db, [decision(index), decision(index + 1)], 3);
    await writeDecisions(db, [decision(5)], 3);
    const found = await Promise.all(
      [0, 1, 2, 3, 4, 5].map(async (index) => (await findDecision(db, `req_${index}`)) !== undefined),
    );
    expect(found).toEqual([false, false, false, true, true, true]);
    const ofKey = [decision(10, "key_a"), decision(11, "key_a"), decision(12, "key_b"), decision(13, "key_b")];
    await writeDecisions(db, [...ofKey, ...[20, 21, 22, 23].map((index) => decision(index))], 3);
    for (let index = 100; index < 120; index++) await writeDecisions(db, [decision(index)], 3);
    const left = await db.selectFrom("decisions").select("request_id").orderBy("request_id").execute();
    const ids = ["req_11", "req_117", "req_118", "req_119", "req_12", "req_13"];
    expect(left.map(({ request_id }) => request_id)).toEqual(ids);
    await db.destroy();
  });
});
