import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { aService } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { anUpstream } from "../../support/upstream.ts";
import { ADMIN_PATH, PATH_SPELLINGS } from "../../support/wire/path-spellings.ts";
import { aRequest, type RawResponse, sendRaw } from "../../support/wire/raw.ts";

const CONTRACT = `openapi: 3.1.1
info: { title: Shop, version: 1.0.0 }
servers: [{ url: / }]
paths:
  /items/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string, maxLength: 40 } }]
    get:
      operationId: getItem
      security: [{ ApiKey: [items:read] }]
      parameters:
        - { name: n, in: query, schema: { type: integer, minimum: 1, maximum: 9 } }
        - { name: X-Trace, in: header, schema: { type: string, maxLength: 5 } }
      responses: { '200': { description: Item. } }
    put:
      operationId: putItem
      security: [{ ApiKey: [items:read] }]
      parameters: [{ name: n, in: query, required: true, schema: { type: integer, minimum: 1, maximum: 9 } }]
      requestBody:
        required: true
        content: { application/json: { schema: { type: object, required: [a], properties: { a: { type: string } } } } }
      responses: { '204': { description: Kept. } }
  /admin:
    get: { operationId: getAdmin, security: [{ ApiKey: [admin:read] }], responses: { '200': { description: Admin. } } }
components:
  securitySchemes:
    ApiKey: { type: apiKey, in: header, name: X-API-Key, x-scopes: { items:read: a, admin:read: b } }
`;

const folder = temporaryFolder();
const upstream = anUpstream();
const service = aService(() => {
  const path = join(folder, "shop.yaml");
  writeFileSync(path, CONTRACT);
  return { LATCHKEY_CONTRACT: path, LATCHKEY_LENIENT: "true", LATCHKEY_UPSTREAM: upstream.url };
});
let secret = "";
beforeAll(async () => {
  ({ secret } = await service.issue({ scopes: ["items:read"] }));
});
beforeEach(() => upstream.forget());

type Ask = (target: string, method?: string) => Promise<RawResponse>;

const send = (target: string, lines: readonly string[], method?: string) =>
  sendRaw(service.port, Buffer.from(aRequest(target, [`x-api-key: ${secret}`, ...lines], method)));
const gateway: Ask = (target, method) => send(target, [], method);
const questions: Readonly<Record<string, Ask>> = {
  nginx: (target, method = "GET") =>
    send("/v1/authorize", [`X-Original-Method: ${method}`, `X-Original-URI: ${target}`]),
  "Caddy and Traefik": (target, method = "GET") =>
    send("/v1/authorize", [`X-Forwarded-Method: ${method}`, `X-Forwarded-Uri: ${target}`]),
};
/** Puts the target after a path of the proxy, so only paths can be asked about. */
const envoy: Ask = (target, method) => send(`/v1/authorize${target}`, [], method);

/** The status that the client gets in the end, and why. */
function verdictOf({ status, headers, body }: RawResponse) {
  const code = body.startsWith('{"type"') ? JSON.parse(body).code : undefined;
  return { status: Number(headers["x-latchkey-status"] ?? status), code };
}

const ONE_SPELLING = /^(?!.*(?:%69tems|x;y))/;

const isHeard = (target: string) => !target.startsWith("/items/x http");

describe.each(PATH_SPELLINGS.map((target) => [JSON.stringify(target), target] as const))("the path %s", (_, target) => {
  it("is judged alike by the gateway and for every proxy", async () => {
    const { status, code } = verdictOf(await gateway(target));
    // A proxy forwards the path as it was sent, so it must not have two spellings.
    const expected = ONE_SPELLING.test(target) ? { status, code } : { status: 400, code: "target-invalid" };
    // The proxy removes what is outside a path, and an invalid request line never becomes a header.
    const isPath = target.startsWith("/") && isHeard(target);
    for (const ask of Object.values(questions)) {
      const verdict = verdictOf(await ask(target));
      if (isPath && expected.code !== "request-malformed") expect(verdict).toEqual(expected);
      else expect(verdict.status).toBeGreaterThanOrEqual(400);
    }
    if (isPath) expect(verdictOf(await envoy(target))).toEqual(expected);
  });

  it("is admitted only if all servers read it the same way", async () => {
    const { status } = await gateway(target);
    if (status !== 200) return expect(upstream.recorded).toEqual([]);
    const path = new URL(upstream.last().url, "http://localhost").pathname;
    for (const reading of [path, decodeURIComponent(path), decodeURIComponent(path.replaceAll("%25", "%"))]) {
      for (const text of [reading, reading.replace(/;.*/s, "")]) {
        expect(text).toMatch(/^\/items\/[^/\\]+$/);
        expect(text).not.toBe(ADMIN_PATH);
      }
    }
  });
});

it("a backslash in the path is refused with 400 at every entrance, with or without a key", async () => {
  for (const ask of [gateway, envoy, ...Object.values(questions)]) {
    for (const target of ["/items/..\\admin", "/items\\x", "/nowhere\\"]) {
      expect(verdictOf(await ask(target))).toEqual({ status: 400, code: "target-invalid" });
    }
  }
  expect((await sendRaw(service.port, aRequest("/items/..\\admin"))).status).toBe(400);
});

describe("the parameters of a request that a proxy asks about", () => {
  it.each([
    ["/items/x?n=3", "GET", 200],
    ["/items/x?n=10", "GET", 400],
    ["/items/x?n=0x3", "GET", 400],
    ["/items/x?n=1&n=2", "GET", 400],
    ["/items/x?other=1", "GET", 400],
    [`/items/${"x".repeat(41)}`, "GET", 400],
    ["/items/x?n=3", "PUT", 200],
    ["/items/x", "PUT", 400],
    ["/items/x?n=10", "PUT", 400],
    ["/items/x", "DELETE", 405],
  ])("are judged as at the gateway: %s %s", async (target, method, status) => {
    for (const ask of [envoy, ...Object.values(questions)]) {
      expect(verdictOf(await ask(target, method)).status).toBe(status);
    }
    // The gateway wants the body, too.
    if (method !== "PUT") expect(verdictOf(await gateway(target, method)).status).toBe(status);
  });

  it("include those in headers", async () => {
    const lines = ["X-Original-Method: GET", "X-Original-URI: /items/x"];
    expect(verdictOf(await send("/v1/authorize", [...lines, "X-Trace: abc"]))).toMatchObject({ status: 200 });
    expect(verdictOf(await send("/v1/authorize", [...lines, "X-Trace: abcdef"]))).toMatchObject({ status: 400 });
  });
});
