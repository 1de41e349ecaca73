import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { SCOPES } from "../../support/builders.ts";
import { expectDeclared } from "../../support/model/declared.ts";
import { aService } from "../../support/service.ts";
import { aRequest, parseResponse, sendRaw } from "../../support/wire/raw.ts";

const service = aService();
let secret = "";

beforeAll(async () => {
  ({ secret } = await service.issue({ client: "admin", scopes: SCOPES }));
});

const get = (target: string) => request(service.url).get(target).set("x-api-key", secret);

function postClient(body: string | Buffer, headers: Readonly<Record<string, string>> = {}) {
  const sent = request(service.url)
    .post("/v1/clients")
    .set("x-api-key", secret)
    .set("Content-Type", "application/json");
  for (const [name, value] of Object.entries(headers)) sent.set(name, value);
  return sent.serialize((text) => text).send(body as string);
}

describe("parameters", () => {
  it.each([
    ["is not declared", "/v1/keys?unknown=1"],
    ["is not declared, where none is", "/data?x=1"],
    ["is there twice", "/v1/keys?limit=1&limit=2"],
    ["is a list", "/v1/keys?limit[]=1"],
    ["is an object", "/v1/keys?limit[a]=1"],
    ["is not a number", "/v1/keys?limit=many"],
    ["is too small", "/v1/keys?limit=0"],
    ["is too large", "/v1/keys?limit=101"],
    ["is empty", "/v1/keys?limit="],
    ["reaches for a prototype", "/v1/keys?__proto__[limit]=1"],
    ["is a forged cursor", "/v1/keys?cursor=AAAA"],
    ["is a forged cursor of another list", "/v1/clients?cursor=AAAA"],
  ])("one that %s is refused", async (_, target) => {
    const answer = await get(target);
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe("request-invalid");
    expect(answer.body.errors[0].pointer).toMatch(/^#\/query/);
  });

  it("are reported with a pointer", async () => {
    const answer = await get("/v1/keys?limit=101");
    expectDeclared("listKeys", answer);
    expect(answer.body.errors).toEqual([{ pointer: "#/query/limit", detail: "must be <= 100" }]);
    expect((await get("/v1/keys/nonsense")).body.errors[0].pointer).toBe("#/path/keyId");
  });

  it("are not validated before the key", async () => {
    expect((await request(service.url).get("/v1/keys?unknown=1")).status).toBe(401);
  });

  it("have their defaults when left out", async () => {
    for (let count = 0; count < 21; count++) await service.issue({ name: `key ${count}` });
    expect((await get("/v1/keys")).body.items).toHaveLength(20);
  });
});

describe("a body", () => {
  it("that is malformed is 401 without a key and 400 with one, and never quoted", async () => {
    const send = () => request(service.url).post("/v1/clients").set("Content-Type", "application/json");
    const malformed = '{"name": sup3r-s3cret';
    expect((await send().send(malformed)).status).toBe(401);

    const answer = await send().set("x-api-key", secret).send(malformed);
    expectDeclared("createClient", answer);
    expect(answer.body).toMatchObject({ status: 400, code: "body-malformed" });
    expect(answer.text).not.toContain("sup3r");
  });

  it("is not read before the key is admitted", async () => {
    // 50 MB are announced and never sent: a service that waits for them would not respond.
    const lines = ["Content-Type: application/json", "Content-Length: 50000000"];
    const answer = await sendRaw(service.port, aRequest("/v1/clients", lines, "POST"));
    expect(answer.status).toBe(401);
  });

  it("is refused without being read if the operation has none", async () => {
    const lines = [`x-api-key: ${secret}`, "Content-Type: application/json", "Content-Length: 50000000"];
    const answer = await sendRaw(service.port, aRequest("/data", lines));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({
      code: "request-invalid",
      errors: [{ pointer: "#", detail: "a body is not declared" }],
    });
  });

  it.each(["", "{}", " {} ", "null"])("that says nothing (%j) is left out if the operation has none", async (text) => {
    const length = [`x-api-key: ${secret}`, `Content-Length: ${text.length}`];
    expect((await sendRaw(service.port, `${aRequest("/data", length)}${text}`)).status).toBe(200);
    const chunks = [`x-api-key: ${secret}`, "Transfer-Encoding: chunked"];
    const chunk = text === "" ? "" : `${text.length.toString(16)}\r\n${text}\r\n`;
    expect((await sendRaw(service.port, `${aRequest("/data", chunks)}${chunk}0\r\n\r\n`)).status).toBe(200);
  });

  it.each(["x", "[]", '{"a":1}', "x".repeat(17)])("that says %s is refused if the operation has none", async (text) => {
    const length = [`x-api-key: ${secret}`, `Content-Length: ${text.length}`];
    expect((await sendRaw(service.port, `${aRequest("/data", length)}${text}`)).status).toBe(400);
    const chunks = [`x-api-key: ${secret}`, "Transfer-Encoding: chunked"];
    const chunk = `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
    expect((await sendRaw(service.port, `${aRequest("/data", chunks)}${chunk}`)).status).toBe(400);
  });

  it("that is larger than the limit is 413, also after decompression", async () => {
    const large = JSON.stringify({ name: "x".repeat(70_000) });
    for (const answer of [await postClient(large), await postClient(gzipSync(large), { "Content-Encoding": "gzip" })]) {
      expectDeclared("createClient", answer);
      expect(answer.body).toMatchObject({ status: 413, code: "content-too-large" });
    }
  });

  it("may be compressed", async () => {
    const body = gzipSync(JSON.stringify({ name: "compressed" }));
    expect((await postClient(body, { "Content-Encoding": "gzip" })).status).toBe(201);
  });

  it.each([
    ["of another type", { "Content-Type": "text/plain" }],
    ["of a type that goes on and on", { "Content-Type": `application/json; x=${"x".repeat(200)}` }],
    ["of a type that is none", { "Content-Type": "json" }],
    ["of a type that only begins like ours", { "Content-Type": "application/json-seq" }],
    ["in another charset", { "Content-Type": "application/json; charset=latin1" }],
    ["in an unknown encoding", { "Content-Encoding": "zip" }],
  ])("%s is 415", async (_, headers) => {
    const answer = await postClient('{"name":"a"}', headers);
    expectDeclared("createClient", answer);
    expect(answer.body).toMatchObject({ status: 415, code: "media-type-unsupported" });
  });

  it("may have a Content-Type in any case and with parameters", async () => {
    const headers = { "Content-Type": "Application/JSON; charset=UTF-8" };
    expect((await postClient('{"name":"typed"}', headers)).status).toBe(201);
  });

  it.each([
    ["is missing", "", "#"],
    ["is null", "null", "#"],
    ["is a text", '"name"', "#"],
    ["is a list", "[]", "#"],
    ["lacks a field", "{}", "#/name"],
    ["has a field too many", '{"name":"a","admin":true}', "#/admin"],
    ["reaches for a prototype", '{"name":"a","__proto__":{"x":1}}', "#/__proto__"],
    ["has a field of another type", '{"name":1}', "#/name"],
    ["has control characters", '{"name":"a\\u0007"}', "#/name"],
    [
      "has too many notes",
      JSON.stringify({
        name: "a",
        metadata: Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`n${at}`, ""])),
      }),
      "#/metadata",
    ],
  ])("that %s is 400 and told where", async (_, body, pointer) => {
    const answer = await postClient(body);
    expectDeclared("createClient", answer);
    expect([answer.status, answer.body.code]).toEqual([
      400,
      pointer === "#" && body !== "" ? answer.body.code : "request-invalid",
    ]);
    if (answer.body.code === "request-invalid") expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  it("without a length or encoding is missing", async () => {
    const answer = await sendRaw(service.port, aRequest("/v1/clients", [`x-api-key: ${secret}`], "POST"));
    expect(JSON.parse(answer.body)).toMatchObject({ status: 400, errors: [{ detail: "a body is required" }] });
  });

  it("may be left out if it is optional", async () => {
    const { key } = await service.issue();
    const answer = await request(service.url).post(`/v1/keys/${key.id}/revoke`).set("x-api-key", secret);
    expectDeclared("revokeKey", answer);
    expect(answer.body).toMatchObject({ state: "revoked", revocationReason: null });
  });
});

describe("a client that leaves in the middle of its body", () => {
  it("does not affect other clients", async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(service.port, "127.0.0.1", () => {
        const lines = [`x-api-key: ${secret}`, "Content-Type: application/json", "Content-Length: 100"];
        socket.write(`${aRequest("/v1/clients", lines, "POST")}{"na`);
        setTimeout(() => {
          socket.destroy();
          resolve();
        }, 20);
      });
    });
    expect((await get("/data")).status).toBe(200);
  });
});

describe("answers on one connection", () => {
  it("come in order, refusals among them", async () => {
    const requests = [
      `GET /data HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      `GET /data HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\n\r\n`,
      aRequest("/nothing"),
    ].join("");
    const text = await new Promise<string>((resolve) => {
      let received = "";
      const socket = connect(service.port, "127.0.0.1", () => socket.write(requests));
      socket.on("data", (chunk) => {
        received += chunk;
      });
      socket.on("end", () => resolve(received));
    });
    const statuses = text.split(/(?=HTTP\/1\.1 \d{3})/).map((answer) => parseResponse(answer).status);
    expect(statuses).toEqual([401, 200, 404]);
  });
});
