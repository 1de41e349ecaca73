import { connect } from "node:net";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { revokeKey } from "../../../src/admin/keys/revoke-key.ts";
import { SCOPES } from "../../support/builders.ts";
import { aService } from "../../support/service.ts";
import { aRequest, exchangeRaw, parseResponse, sendRaw } from "../../support/wire/raw.ts";

// The whole corpus is in test/raw; here is one case of each kind.

const service = aService();
let secret = "";

beforeAll(async () => {
  ({ secret } = await service.issue({ client: "admin", scopes: SCOPES }));
});

describe("a message that Node rejects", () => {
  it.each([
    ["a line that is none", "nonsense\r\n\r\n", 400, "request-malformed"],
    ["an unknown method", "FOO / HTTP/1.1\r\nHost: a\r\n\r\n", 501, "not-implemented"],
    ["a tunnel", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501, "not-implemented"],
    ["headers beyond 16 KiB", aRequest("/data", [`X-Large: ${"x".repeat(20_000)}`]), 431, "headers-too-large"],
    ["no Host", "GET /data HTTP/1.1\r\n\r\n", 400, "request-malformed"],
    ["two Hosts", aRequest("/data", ["Host: elsewhere"]), 400, "request-malformed"],
    ["another version", "GET /data HTTP/2.0\r\nHost: a\r\n\r\n", 400, "request-malformed"],
    ["one header twice that must not be", aRequest("/data", ["Origin: a", "Origin: b"]), 400, "request-malformed"],
    ["chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "request-malformed"],
    ["an unknown transfer coding", aRequest("/", ["Transfer-Encoding: gzip, chunked"], "POST"), 501, "not-implemented"],
    ["another expectation", aRequest("/data", ["Expect: miracles"]), 417, "expectation-failed"],
  ])("%s is answered with a problem, logged, and the connection ends", async (_, bytes, status, code) => {
    const answer = await sendRaw(service.port, bytes);
    const { requestId } = JSON.parse(answer.body);
    expect(JSON.parse(answer.body)).toMatchObject({ status, code });
    expect(answer).toMatchObject({
      status,
      headers: {
        "content-type": "application/problem+json",
        "content-length": String(answer.body.length),
        "cache-control": "no-store",
        "x-request-id": requestId,
        connection: "close",
      },
    });
    expect(service.logged()).toContainEqual(expect.objectContaining({ requestId, status, code, address: "127.0.0.1" }));
  });

  it("does not prevent the response to an earlier request", async () => {
    const text = await exchangeRaw(service.port, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n");
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 400"]);
  });

  it("does not prevent the responses to requests before a CONNECT", async () => {
    const bytes = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2);
    const text = await exchangeRaw(service.port, `${bytes}CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 200", "HTTP/1.1 501"]);
  });

  it("in an incomplete body leaves the response as it is", async () => {
    const lines = ["Transfer-Encoding: chunked", `x-api-key: ${secret}`, "Content-Type: application/json"];
    const text = await exchangeRaw(service.port, `${aRequest("/v1/clients", lines, "POST")}zz\r\n`);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 400"]);
  });

  it("gets no response after the last response of the connection", async () => {
    const lines = ["Transfer-Encoding: identity"];
    expect((await exchangeRaw(service.port, aRequest("/", lines, "POST"))).match(/HTTP\/1\.1 \d+/g)).toHaveLength(1);
  });
});

describe("a body", () => {
  const post = (body: string, ...lines: string[]) =>
    sendRaw(
      service.port,
      aRequest("/v1/clients", [`x-api-key: ${secret}`, "Content-Type: application/json", ...lines], "POST") + body,
    );

  it("that is announced as too large is refused before it arrives", async () => {
    expect((await post("", "Content-Length: 100000000")).status).toBe(413);
    expect((await post("", "Content-Length: 100000000", "Expect: 100-continue")).status).toBe(413);
  });

  it("is requested with 100 Continue once it is admitted", async () => {
    const text = await exchangeRaw(
      service.port,
      `${aRequest("/v1/clients", [`x-api-key: ${secret}`, "Content-Type: application/json", "Content-Length: 16", "Expect: 100-continue"], "POST")}{"name":"asked"} `,
    );
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
  });

  it("in chunks leaves the connection open once it is read", async () => {
    const head = aRequest(
      "/v1/clients",
      [`x-api-key: ${secret}`, "Content-Type: application/json", "Transfer-Encoding: chunked"],
      "POST",
    ).replace("Connection: close\r\n", "");
    const text = await exchangeRaw(service.port, `${head}11\r\n{"name":"pieces"}\r\n0\r\n\r\n${aRequest("/healthz")}`);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 201", "HTTP/1.1 200"]);
  });

  it("that is null or not JSON is distinguished from a missing one", async () => {
    expect(JSON.parse((await post("null", "Content-Length: 4")).body).errors[0].detail).toBe("must be object");
    expect(JSON.parse((await post("nope", "Content-Length: 4")).body).code).toBe("body-malformed");
  });
});

describe("an unusual spelling of a number", () => {
  it.each(["0x10", "1e1", "%2010", "05", "Infinity"])("%s is refused", async (text) => {
    const answer = await sendRaw(service.port, aRequest(`/v1/keys?limit=${text}`, [`x-api-key: ${secret}`]));
    expect(JSON.parse(answer.body).errors).toEqual([
      { detail: "must be an integer in plain decimal digits", pointer: "#/query/limit" },
    ]);
  });
});

describe("a key that is revoked while a body arrives", () => {
  it("has no effect any more", async () => {
    const { key, secret: held } = await service.issue({ client: "thief", scopes: SCOPES });
    const body = '{"name":"accomplice"}';
    const lines = [`x-api-key: ${held}`, "Content-Type: application/json", `Content-Length: ${body.length}`];
    const text = await new Promise<string>((resolve) => {
      let received = "";
      const socket = connect(service.port, "127.0.0.1", async () => {
        socket.write(aRequest("/v1/clients", lines, "POST"));
        // Admitted by now, if it ever is: another request with it is.
        await sendRaw(service.port, aRequest("/v1/key", [`x-api-key: ${held}`]));
        await revokeKey(key.id, { reason: "stolen" }, service.running.actions);
        socket.write(body);
      });
      socket.on("data", (chunk) => {
        received += chunk;
      });
      socket.on("close", () => resolve(received));
    });
    expect(JSON.parse(parseResponse(text).body)).toMatchObject({ status: 401, code: "key-revoked" });
  });
});

describe("more connections than allowed", () => {
  const small = aService({ LATCHKEY_MAX_CONNECTIONS: "1" });

  it("are closed without a response, and that is logged", async () => {
    const first = connect(small.port, "127.0.0.1");
    first.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    await new Promise((resolve) => first.once("data", resolve));
    expect(await exchangeRaw(small.port, aRequest("/healthz"))).toBe("");
    expect(small.logged()).toContainEqual(
      expect.objectContaining({ level: 40, msg: "too many connections", limit: 1 }),
    );
    first.destroy();
  });
});
