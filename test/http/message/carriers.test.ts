import { beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { UNKNOWN_SECRET } from "../../support/builders.ts";
import { aService } from "../../support/service.ts";
import { aRequest, sendRaw } from "../../support/wire/raw.ts";

const service = aService();
let secret = "";
let other = "";

beforeAll(async () => {
  ({ secret } = await service.issue({ scopes: ["data:read", "info:read"] }));
  ({ secret: other } = await service.issue({ scopes: ["data:read", "info:read"] }));
});

const raw = (target: string, lines: readonly string[]) => sendRaw(service.port, aRequest(target, lines));
const codeOf = ({ body }: { readonly body: string }) => JSON.parse(body).code;

describe("a key in a header", () => {
  it.each([
    ["x-api-key", () => `x-api-key: ${secret}`],
    ["X-API-KEY", () => `X-API-KEY: ${secret}`],
    ["Authorization: Bearer", () => `Authorization: Bearer ${secret}`],
    ["authorization: bEARER", () => `authorization: bEARER   ${secret}`],
  ])("is taken from %s", async (_, line) => {
    expect((await raw("/data", [line()])).status).toBe(200);
  });

  it("may be the same in both carriers", async () => {
    expect((await raw("/data", [`x-api-key: ${secret}`, `Authorization: Bearer ${secret}`])).status).toBe(200);
  });

  it.each([
    ["two different ones", () => [`x-api-key: ${secret}`, `Authorization: Bearer ${other}`]],
    ["a good one beside a bad one", () => [`x-api-key: ${secret}`, `Authorization: Bearer ${UNKNOWN_SECRET}`]],
    ["one header twice", () => [`x-api-key: ${secret}`, `x-api-key: ${secret}`]],
    ["Bearer twice", () => [`Authorization: Bearer ${secret}`, `Authorization: Bearer ${secret}`]],
  ])("is refused as ambiguous when there are %s", async (_, lines) => {
    const answer = await raw("/data", lines());
    expect(answer.status).toBe(400);
    expect(codeOf(answer)).toBe("key-ambiguous");
  });

  it("is not made of two lines joined", async () => {
    expect(codeOf(await raw("/data", [`x-api-key: ${secret}, ${secret}`]))).toBe("key-invalid");
  });

  it("counts as missing when it is empty, or of a scheme that is not ours", async () => {
    expect(codeOf(await raw("/data", ["x-api-key:"]))).toBe("key-missing");
    expect(codeOf(await raw("/data", ["Authorization: Bearer"]))).toBe("key-missing");
    expect(codeOf(await raw("/data", ["Authorization: Basic dXNlcjpwYXNz"]))).toBe("key-missing");
  });

  it("does not open an operation that takes its key in the query", async () => {
    const answer = await raw("/info", [`x-api-key: ${secret}`]);
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body).detail).toContain("query parameter api_key");
  });
});

describe("a key in the query", () => {
  it("opens the operation that names it", async () => {
    expect((await raw(`/info?api_key=${secret}`, [])).body).toBe("Info data");
  });

  it.each([
    ["alone", () => []],
    ["beside a good key in the header", () => [`x-api-key: ${secret}`]],
  ])("is refused elsewhere, %s, with a hint and without being repeated", async (_, lines) => {
    for (const name of ["api_key", "api%5Fkey", "%61pi_key"]) {
      const answer = await raw(`/data?${name}=${secret}`, lines());
      expect(answer.status).toBe(400);
      expect(codeOf(answer)).toBe("key-in-query");
      expect(JSON.parse(answer.body).detail).toContain("header x-api-key");
      expect(JSON.stringify(answer)).not.toContain(secret);
    }
  });

  it("is refused even where no key is needed", async () => {
    expect(codeOf(await raw(`/healthz?api_key=${secret}`, []))).toBe("key-in-query");
  });

  it("is ambiguous when it is there twice", async () => {
    expect(codeOf(await raw(`/info?api_key=${secret}&api_key=${other}`, []))).toBe("key-ambiguous");
    expect(codeOf(await raw(`/info?api_key=${secret}&api%5Fkey=${secret}`, []))).toBe("key-ambiguous");
  });

  it("is nothing but an unknown parameter under another name", async () => {
    const answer = await raw(`/info?api_key=${secret}&API_KEY=${other}`, []);
    expect(codeOf(answer)).toBe("request-invalid");
    expect(answer.body).not.toContain(other);
  });
});

describe("the secret of a request", () => {
  it("never gets into the log, whichever way it came", async () => {
    await request(service.url).get(`/info?api_key=${secret}`);
    await request(service.url).get(`/data?api_key=${secret}&unknown=${secret}`);
    await request(service.url).get(`/data/${secret}`);
    await request(service.url).get("/data").set("Authorization", `Bearer ${other}`);
    const log = JSON.stringify(service.logged());
    expect(log).not.toContain(secret);
    expect(log).not.toContain(other);
  });
});
