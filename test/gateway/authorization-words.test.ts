import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { aGateway } from "../support/gateway.ts";

/** The whole of Authorization is a key at some operations, and a key after a word at others. */
const CONTRACT = `openapi: 3.1.1
info: { title: Words of Authorization, version: 1.0.0 }
paths:
${Object.entries({
  raw: "[{ Raw: [] }]",
  token: "[{ Token: [] }]",
  "api-key": "[{ Word: [] }]",
  basic: "[{ Basic: [] }]",
  "raw-or-token": "[{ Raw: [] }, { Token: [] }]",
  "raw-or-api-key": "[{ Raw: [] }, { Word: [] }]",
  "raw-or-basic": "[{ Raw: [] }, { Basic: [] }]",
  any: "[{ Raw: [] }, { Token: [] }, { Word: [] }, { Basic: [] }]",
  login: "[{ Header: [], Login: [] }]",
})
  .map(
    ([name, security]) =>
      `  /${name}: { get: { operationId: ${name}, security: ${security}, responses: { '200': { description: d } } } }`,
  )
  .join("\n")}
components:
  securitySchemes:
    Raw: { type: apiKey, in: header, name: Authorization }
    Header: { type: apiKey, in: header, name: X-Key }
    Token: { type: http, scheme: Token, x-latchkey: { carrier: key } }
    Word: { type: apiKey, in: header, name: Authorization, x-latchkey: { prefix: Api-Key } }
    Basic: { type: http, scheme: basic, x-latchkey: { carrier: key } }
    Login: { type: http, scheme: bearer, bearerFormat: JWT }
`;

const { upstream, service } = aGateway(CONTRACT);

async function send(path: string, headers: Readonly<Record<string, string | string[]>>) {
  const { status, body } = await request(service.url).get(path).set(headers);
  return { status, code: body.code, seen: upstream.recorded.at(-1)?.headers };
}

let key: string;
let other: string;

beforeEach(() => upstream.forget());

beforeAll(async () => {
  key = (await service.issue({ scopes: [] })).secret;
  other = (await service.issue({ scopes: [] })).secret;
});

const base64 = (text: string) => Buffer.from(text).toString("base64");

const WRITTEN = {
  raw: (text: string) => text,
  token: (text: string) => `Token ${text}`,
  "api-key": (text: string) => `Api-Key ${text}`,
  basic: (text: string) => `Basic ${base64(`${text}:`)}`,
  bearer: (text: string) => `Bearer ${text}`,
};

const ADMITTED: Readonly<Record<string, readonly (keyof typeof WRITTEN)[]>> = {
  raw: ["raw", "bearer"],
  token: ["token", "bearer"],
  "api-key": ["api-key", "bearer"],
  basic: ["basic", "bearer"],
  "raw-or-token": ["raw", "token", "bearer"],
  "raw-or-api-key": ["raw", "api-key", "bearer"],
  "raw-or-basic": ["raw", "basic", "bearer"],
  any: ["raw", "token", "api-key", "basic", "bearer"],
};

const CASES = Object.entries(ADMITTED).flatMap(([name, admitted]) =>
  Object.keys(WRITTEN).map(
    (written) => [name, written as keyof typeof WRITTEN, admitted.some((one) => one === written)] as const,
  ),
);

describe("Authorization with and without a word", () => {
  it.each(CASES)("/%s, %s: admitted is %s", async (name, written, isAdmitted) => {
    const { status, seen } = await send(`/${name}`, { Authorization: WRITTEN[written](key) });
    expect(isAdmitted ? status === 200 : [400, 401].includes(status)).toBe(true);
    expect(seen === undefined).toBe(!isAdmitted);
    expect(seen ?? {}).not.toHaveProperty("authorization");
  });

  it("does not admit a value because another one beside it has a word", async () => {
    const both = { Authorization: [key, `Token ${other}`] };
    for (const path of ["/raw", "/token", "/any"]) expect((await send(path, both)).seen).toBeUndefined();
    expect(await send("/any", { Authorization: `Token ${key} ${other}` })).toMatchObject({ status: 401 });
  });

  it("may be a login beside a key, and is then never a key", async () => {
    const login = { "X-Key": key, Authorization: "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.c2ln" };
    const sent = await send("/login", login);
    expect([sent.status, sent.seen?.["authorization"]]).toEqual([200, login.Authorization]);
    upstream.forget();
    for (const text of [other, `Token ${other}`, `Basic ${base64(`${other}:`)}`]) {
      const { seen } = await send("/login", { "X-Key": key, Authorization: text });
      expect(seen).toBeUndefined();
    }
  });
});
