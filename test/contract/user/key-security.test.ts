import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { asRecord } from "../../../src/contract/document/json.ts";
import { toOutline } from "../../../src/contract/model/outline.ts";
import { loadUserContract } from "../../../src/contract/user/load-user-contract.ts";
import { loadBuiltInContract } from "../../../src/service/built-in-contract.ts";
import { operationsOf, partsOf } from "../../support/model/models.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
const builtIn = loadBuiltInContract().document;

/** A contract with these schemes, and an operation for each security; undefined: it says nothing. */
async function load(schemes: object, ...securities: readonly unknown[]) {
  const path = join(folder, "contract.json");
  const paths = securities.map((security, index) => [
    `/${index}`,
    { get: { operationId: `get${index}`, security, responses: { "200": { description: "Done." } } } },
  ]);
  const contract = {
    openapi: "3.1.1",
    info: { title: "Keys", version: "1" },
    paths: Object.fromEntries(paths),
    components: { securitySchemes: schemes },
  };
  writeFileSync(path, JSON.stringify(contract));
  const loaded = partsOf(await loadUserContract(path, builtIn, { isStrict: false, hasUpstream: true }));
  expect(loaded.findings).toEqual([]);
  const operations = operationsOf(loaded.contract.document).filter(({ id }) => /^get\d$/.test(id));
  return { ...loaded, operations, warnings: loaded.warnings.map(({ message }) => message) };
}

const BEARER = { in: "header", name: "authorization", word: "bearer" };
const OAUTH = {
  type: "oauth2",
  description: "Log in.",
  flows: {
    clientCredentials: { tokenUrl: "https://a.example/t", scopes: { "pets:read": "See pets.", other: "Other." } },
  },
};

describe("the keys of a user contract", () => {
  it.each([
    ["bearer", { type: "http", scheme: "bearer", bearerFormat: "API key" }, BEARER],
    ["a scheme of its own", { type: "http", scheme: "Token" }, { ...BEARER, word: "token" }],
    ["a cookie", { type: "apiKey", in: "cookie", name: "sid" }, { in: "cookie", name: "sid" }],
    [
      "a word before the key",
      { type: "apiKey", in: "header", name: "Authorization", "x-latchkey": { prefix: "Api-Key" } },
      { ...BEARER, word: "api-key" },
    ],
    [
      "a password",
      { type: "http", scheme: "basic", "x-latchkey": { carrier: "password" } },
      { in: "header", name: "authorization", basic: "password" },
    ],
  ])("are sent as %s where the contract says so, without a warning", async (_, scheme, carrier) => {
    const { operations, warnings } = await load({ S: scheme }, [{ S: [] }]);
    expect(warnings).toEqual([]);
    expect(operations).toMatchObject([{ isPublic: false, carriers: [carrier] }]);
  });

  it.each([
    ["a JWT", { type: "http", scheme: "bearer", bearerFormat: "JWT" }, /^S is for JWTs/],
    ["OAuth", OAUTH, /^S is of type oauth2/],
    ["OpenID", { type: "openIdConnect", openIdConnectUrl: "https://a.example/o" }, /^S is of type openIdConnect/],
    ["certificates", { type: "mutualTLS" }, /^S is of type mutualTLS/],
  ])("take the place of %s, with a warning", async (_, scheme, warning) => {
    const { operations, warnings, contract } = await load({ S: scheme }, [{ S: [] }]);
    expect(warnings).toEqual([expect.stringMatching(warning)]);
    expect(operations).toMatchObject([{ isPublic: false, carriers: [BEARER] }]);
    const shown = asRecord(asRecord(asRecord(contract.document["components"])["securitySchemes"])["S"]);
    expect(shown).toMatchObject({ type: "http", scheme: "bearer" });
  });

  it("need the scopes of the login in whose place they come, and no others are offered", async () => {
    const { operations, contract } = await load({ S: OAUTH }, [{ S: ["pets:read"] }]);
    expect(operations).toMatchObject([{ scopes: ["pets:read"] }]);
    const { scopes } = toOutline(contract.document);
    expect(scopes).toMatchObject({ "pets:read": "See pets." });
    expect(scopes).not.toHaveProperty("other");
  });

  it("have other scopes where those of a login are too long, have other characters, or are Latchkey's own", async () => {
    const long = `https://www.example.com/auth/${"directory.".repeat(6)}`;
    const written = ["keys:write", "a b", `${long}user`, `${long}user.readonly`];
    const { operations, contract } = await load({ S: OAUTH }, ...written.map((scope) => [{ S: [scope] }]));
    const scopes = operations.map((operation) => operation.scopes[0] ?? "");
    expect(scopes[0]).toBe("app-keys:write");
    expect(new Set(scopes).size).toBe(4);
    const described = toOutline(contract.document).scopes;
    for (const scope of scopes) {
      expect(scope).toMatch(/^[0-9A-Za-z][0-9A-Za-z._:/-]{0,63}$/);
      expect(described).toHaveProperty([scope]);
    }
  });

  it("are needed by operations that declare no security, with one warning", async () => {
    const { operations, warnings } = await load({}, undefined, undefined, []);
    expect(operations).toMatchObject([
      { isPublic: false, carriers: [{ in: "header", name: "x-api-key" }] },
      { isPublic: false },
      { isPublic: true },
    ]);
    expect(warnings).toEqual([expect.stringMatching(/^GET \/0 and 1 more declare no security, and therefore need/)]);
  });

  it("may be optional; {} alone is public", async () => {
    const key = { K: { type: "apiKey", in: "header", name: "X-K" } };
    const { operations, warnings } = await load(key, [{}, { K: [] }], [{}]);
    expect(operations).toMatchObject([
      { isPublic: false, isOptional: true, requirements: [[{ scheme: "K" }]] },
      { isPublic: true, isOptional: false },
    ]);
    expect(warnings).toEqual([]);
  });

  it("are never replaced by a login, unless the contract leaves it to the upstream", async () => {
    const key = { type: "apiKey", in: "header", name: "X-K" };
    const security = [{ K: ["a"] }, { S: [] }];
    const { operations, warnings } = await load({ K: { ...key, "x-scopes": { a: "A." } }, S: OAUTH }, security);
    expect(operations).toMatchObject([{ scopes: ["a"], otherAlternatives: [], carriers: [{ name: "x-k" }] }]);
    expect(warnings).toEqual([expect.stringMatching(/also accepts S without a key, which Latchkey refuses/)]);

    const passed = { ...OAUTH, "x-latchkey": { security: "passthrough" } };
    const open = await load({ K: { ...key, "x-scopes": { a: "A." } }, S: passed }, security, [{ S: [] }]);
    expect(open.operations).toMatchObject([{ otherAlternatives: [[BEARER]] }, { otherAlternatives: [[BEARER]] }]);
    expect(open.warnings).toEqual([]);
  });

  it("are chosen among several schemes of one requirement by x-latchkey, before apiKey, before others", async () => {
    const tenant = { type: "apiKey", in: "header", name: "X-Tenant" };
    const bearer = { type: "http", scheme: "bearer" };
    const both = [{ T: [], B: [] }];
    const [byType] = (await load({ T: tenant, B: bearer }, both)).operations;
    expect(byType).toMatchObject({ carriers: [{ name: "x-tenant" }], needsOtherCredential: true });
    const chosen = { ...bearer, "x-latchkey": { carrier: "key" } };
    const [byWord] = (await load({ T: tenant, B: chosen }, both)).operations;
    expect(byWord).toMatchObject({ carriers: [BEARER], sharedCarriers: [{ name: "x-tenant" }] });
  });

  it("may be in either of two headers of one requirement, with a warning", async () => {
    const header = (name: string) => ({ type: "apiKey", in: "header", name });
    const { operations, warnings } = await load({ A: header("X-App-Id"), B: header("X-App-Key") }, [{ A: [], B: [] }]);
    const places = [{ name: "x-app-id" }, { name: "x-app-key" }];
    expect(operations).toMatchObject([{ needsOtherCredential: true, carriers: places, sharedCarriers: places }]);
    expect(warnings).toEqual([expect.stringMatching(/asks for A and B at once, so a key is taken from either/)]);
  });
});
