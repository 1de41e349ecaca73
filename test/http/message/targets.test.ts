import { beforeAll, describe, expect, it } from "@jest/globals";
import { aService } from "../../support/service.ts";
import { aRequest, sendRaw } from "../../support/wire/raw.ts";

const service = aService();
let secret = "";

beforeAll(async () => {
  ({ secret } = await service.issue());
});

type Facts = { readonly keyed?: boolean; readonly method?: string };

function send(target: string, { keyed = true, method = "GET" }: Facts = {}) {
  return sendRaw(service.port, aRequest(target, keyed ? [`x-api-key: ${secret}`] : [], method));
}

describe("a request target", () => {
  it.each([
    ["in absolute form", "http://localhost/data"],
    ["in absolute form, of another host", "https://elsewhere.example:8443/data"],
    ["with an empty query", "/data?"],
    ["with an encoded letter", "/%64ata"],
  ])("%s means the same as its path", async (_, target) => {
    expect((await send(target)).status).toBe(200);
    expect((await send(target, { keyed: false })).status).toBe(401);
  });

  it.each([
    ["in another case", "/DATA"],
    ["with a slash at its end", "/data/"],
    ["with two slashes before it", "//data"],
    ["with a slash too many inside", "/v1//keys"],
    ["with an encoded slash", "/v1%2fkey"],
    ["with a dot segment", "/./data"],
    ["with two dots", "/v1/../data"],
    ["with encoded dots", "/v1/%2e%2e/data"],
    ["that is not there", "/nothing"],
    ["in absolute form without a path", "http://localhost"],
  ])("%s is not found, with or without a key", async (_, target) => {
    for (const keyed of [true, false]) {
      const answer = await send(target, { keyed });
      expect(answer.status).toBe(404);
      expect(JSON.parse(answer.body)).toMatchObject({ code: "not-found", type: "/problems/not-found" });
      expect(answer.headers["content-type"]).toBe("application/problem+json");
    }
  });

  it.each([
    ["with a fragment", "/data#x"],
    ["with a fragment in absolute form", "http://localhost/data#x"],
    ["of another protocol", "ftp://localhost/data"],
    ["with a broken percent-encoding", "/v1/keys/%zz"],
    ["with half a percent-encoding", "/v1/keys/%"],
    ["with an encoded NUL", "/v1/keys/%00"],
    ["with invalid UTF-8", "/v1/keys/%ff"],
    ["with a backslash", "/v1\\key"],
    ["with a backslash in absolute form", "http://localhost/v1\\key"],
    ["of the server as a whole, with another method than OPTIONS", "*"],
    ["with more than 1000 query parameters", `/data?${"&".repeat(1_000)}`],
  ])("%s is refused, with or without a key", async (_, target) => {
    for (const keyed of [true, false]) {
      const answer = await send(target, { keyed });
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body).code).toBe("target-invalid");
    }
  });
});

it.each([
  ["/data?a=1&size=%zz&b=2", "size"],
  ["/data?%ff=1", "%ff"],
  ["/data?a=%00", "a"],
])("the query parameter whose encoding is broken is named: %s", async (target, name) => {
  const { status, body } = await send(target);
  expect([status, JSON.parse(body)]).toMatchObject([
    400,
    { detail: expect.stringContaining(` ${name} must be percent-encoded`), errors: [{ pointer: `#/query/${name}` }] },
  ]);
});

it("a request target may have 1000 query parameters", async () => {
  const target = `/data?${"&".repeat(999)}`;
  expect((await send(target)).status).toBe(200);
  expect((await send(target, { keyed: false })).status).toBe(401);
});

describe("a method", () => {
  it.each([
    ["DELETE", "/data", "GET, HEAD, OPTIONS"],
    ["POST", "/v1/key", "GET, HEAD, OPTIONS"],
    ["TRACE", "/data", "GET, HEAD, OPTIONS"],
    ["PUT", "/v1/clients", "POST, GET, HEAD, OPTIONS"],
    ["GET", "/v1/keys/key_aaaaaaaaaaaaaaaaaaaa/revoke", "POST, OPTIONS"],
    ["HEAD", "/v1/keys/key_aaaaaaaaaaaaaaaaaaaa/revoke", "POST, OPTIONS"],
    ["POST", "/docs", "GET, HEAD, OPTIONS"],
  ])("%s that %s does not know is 405 and told which are allowed", async (method, target, allow) => {
    const answer = await send(target, { method, keyed: false });
    expect(answer.status).toBe(405);
    expect(answer.headers["allow"]?.split(", ").toSorted()).toEqual(allow.split(", ").toSorted());
    if (method !== "HEAD") expect(JSON.parse(answer.body).code).toBe("method-not-allowed");
  });

  it("is not overridden by a header", async () => {
    const lines = [`x-api-key: ${secret}`, "X-HTTP-Method-Override: DELETE"];
    expect((await sendRaw(service.port, aRequest("/data", lines))).status).toBe(200);
  });

  it("HEAD is like GET without the body", async () => {
    for (const target of ["/data", "/healthz", "/docs", "/problems/not-found"]) {
      const get = await send(target);
      const head = await send(target, { method: "HEAD" });
      const comparable = ({ "x-request-id": _id, date: _date, ...headers }: Readonly<Record<string, string>>) =>
        headers;
      expect(head.status).toBe(200);
      expect(head.body).toBe("");
      expect(comparable(head.headers)).toEqual(comparable(get.headers));
    }
    expect((await send("/data", { method: "HEAD", keyed: false })).status).toBe(401);
  });

  it("OPTIONS shows the allowed methods, without a key", async () => {
    const answer = await send("/v1/clients", { method: "OPTIONS", keyed: false });
    expect(answer.status).toBe(204);
    expect(answer.headers["allow"]?.split(", ").toSorted()).toEqual(["GET", "HEAD", "OPTIONS", "POST"]);
    expect((await send("/docs", { method: "OPTIONS", keyed: false })).headers["allow"]).toBe("GET, HEAD, OPTIONS");
    expect((await send("*", { method: "OPTIONS", keyed: false })).status).toBe(204);
    expect((await send("/nothing", { method: "OPTIONS", keyed: false })).status).toBe(404);
  });
});
