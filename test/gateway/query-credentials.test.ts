import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { aGateway } from "../support/gateway.ts";

const OPERATION = "operationId: OPERATION, responses: { '200': { description: d } }";
const DECLARED = `parameters:
        - { name: app_id, in: query, required: true, schema: { type: string, maxLength: 4 } }
        - { name: app_key, in: query, required: true, schema: { type: string, maxLength: 4 } }`;

/** Each path needs what its name says. */
const CONTRACT = `openapi: 3.1.1
info: { title: Credentials in the query, version: 1.0.0 }
paths:
${[
  ["pair", "[{ AppId: [], AppKey: [] }]"],
  ["beside", "[{ Header: [], Access: [] }]"],
  ["either", "[{ Header: [] }, { Access: [] }]"],
  ["query-or-token", "[{ AppKey: [] }, { Access: [] }]"],
  ["header", "[{ Header: [] }]"],
]
  .map(
    ([name, security]) =>
      `  /${name}: { get: { ${OPERATION.replace("OPERATION", String(name))}, security: ${security} } }`,
  )
  .join("\n")}
  /passthrough: { get: { ${OPERATION.replace("OPERATION", "passed")}, security: [{ Access: [] }], x-latchkey: { security: passthrough } } }
  /declared:
    get:
      operationId: declared
      security: [{ AppId: [], AppKey: [] }]
      ${DECLARED}
      responses: { '200': { description: d } }
  /open:
    get:
      operationId: open
      security: [{ Header: [], Access: [] }]
      parameters: [{ name: others, in: query, schema: { type: object, additionalProperties: { type: integer } } }]
      responses: { '200': { description: d } }
components:
  securitySchemes:
    Header: { type: apiKey, in: header, name: X-Key }
    AppId: { type: apiKey, in: query, name: app_id }
    AppKey: { type: apiKey, in: query, name: app_key }
    Access: { type: apiKey, in: query, name: access_token, x-latchkey: { security: passthrough } }
`;

const { upstream, service } = aGateway(CONTRACT);

async function send(path: string, headers: Readonly<Record<string, string>> = {}) {
  const { status, body } = await request(service.url).get(path).set(headers);
  return { status, code: body.code, url: upstream.recorded.at(-1)?.url };
}

let key: string;
let other: string;

beforeEach(() => upstream.forget());

beforeAll(async () => {
  key = (await service.issue({ scopes: [] })).secret;
  other = (await service.issue({ scopes: [] })).secret;
});

describe("credentials in the query", () => {
  it.each<[string, (key: string) => [sent: string, headers: Record<string, string>, arrives: string]]>([
    ["a second apiKey scheme", (text) => [`/pair?app_id=me&app_key=${text}`, {}, "/pair?app_id=me"]],
    ["the key in either of two", (text) => [`/pair?app_id=${text}&app_key=s%2Ft`, {}, "/pair?app_key=s%2Ft"]],
    [
      "two that are declared as parameters",
      (text) => [`/declared?app_id=too-long&app_key=${text}`, {}, "/declared?app_id=too-long"],
    ],
    ["a token beside a key", (text) => ["/beside?access_token=t+1", { "X-Key": text }, "/beside?access_token=t+1"]],
    ["a token instead of a key", () => ["/either?access_token=t", {}, "/either?access_token=t"]],
    ["a key where a token would do", (text) => [`/query-or-token?app_key=${text}`, {}, "/query-or-token"]],
    ["a token where a key would do", () => ["/query-or-token?access_token=t", {}, "/query-or-token?access_token=t"]],
    [
      "a token at an operation of the upstream",
      () => ["/passthrough?access_token=t", {}, "/passthrough?access_token=t"],
    ],
    [
      "a token beside an object of any names",
      (text) => ["/open?n=1&access_token=t", { "X-Key": text }, "/open?n=1&access_token=t"],
    ],
    ["a token with an encoded name", () => ["/either?access%5Ftoken=t", {}, "/either?access%5Ftoken=t"]],
  ])("may be %s: the key is removed, the rest arrives as it was sent", async (_, request) => {
    const [path, headers, arrives] = request(key);
    expect(await send(path, headers)).toMatchObject({ status: 200, url: arrives });
  });

  it("are unknown parameters at an operation that does not name their scheme", async () => {
    const headers = { "X-Key": key };
    expect(await send("/header?access_token=t", headers)).toMatchObject({
      status: 400,
      code: "request-invalid",
      url: undefined,
    });
    expect(await send("/beside?access_token=t&n=1", headers)).toMatchObject({ status: 400, url: undefined });
  });

  it("do not excuse a missing key, or a second one", async () => {
    expect(await send("/pair?app_id=me&app_key=me")).toMatchObject({ status: 401, url: undefined });
    expect(await send(`/pair?app_id=${key}&app_key=${other}`)).toMatchObject({ code: "key-ambiguous", url: undefined });
    expect(await send("/beside?access_token=t")).toMatchObject({ status: 401, code: "key-missing", url: undefined });
    expect(await send("/either?access_token=")).toMatchObject({ status: 401, url: undefined });
  });

  it("never carry a key to the upstream", async () => {
    expect(await send(`/either?access_token=${other}`)).toMatchObject({ status: 401, url: undefined });
    for (const path of ["/beside", "/either"]) {
      expect(await send(`${path}?access_token=${other}`, { "X-Key": key })).toMatchObject({ status: 200, url: path });
    }
    expect(await send(`/passthrough?access%5ftoken=${other}`)).toMatchObject({ status: 200, url: "/passthrough" });
  });
});
