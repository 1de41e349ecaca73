import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { findAt } from "../../../src/contract/document/json.ts";
import { loadUserContract } from "../../../src/contract/user/load-user-contract.ts";
import { loadBuiltInContract } from "../../../src/service/built-in-contract.ts";
import { partsOf } from "../../support/model/models.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
const own = loadBuiltInContract().document;

async function load(document: object, isStrict = false) {
  const path = join(folder, "untidy.json");
  writeFileSync(path, JSON.stringify(document));
  return partsOf(await loadUserContract(path, own, { isStrict, hasUpstream: true }));
}

type Parts = { readonly requestBody?: object; readonly responses?: object; readonly security?: readonly object[] };

const operation = (operationId: string, { responses = { 200: { description: "d" } }, ...parts }: Parts = {}) => ({
  operationId,
  security: [{ Key: [] }],
  parameters: [{ name: "id", in: "path", required: true, schema: { type: "string", maxLength: 9 } }],
  responses,
  ...parts,
});

const json = (schema: object) => ({ content: { "application/json": { schema } } });

const contractOf = (paths: object, version = "3.0.3", components: object = {}) => ({
  openapi: version,
  info: { title: "Untidy", version: "1" },
  paths,
  components: {
    securitySchemes: { Key: { type: "apiKey", in: "header", name: "X-Key", "x-scopes": { read: "r", write: "w" } } },
    ...components,
  },
});

const messagesIn = (found: readonly { readonly message: string }[]) => found.map(({ message }) => message);

describe.each(["3.0.3", "3.1.1"])("a keyword whose value means nothing, in OpenAPI %s", (version) => {
  const schema = {
    type: "object",
    properties: { pattern: { type: "string", pattern: 5, required: true, maxLength: "9" } },
  };
  const contract = contractOf({ "/a/{id}": { put: operation("putA", { requestBody: json(schema) }) } }, version);

  it("is ignored, with a warning", async () => {
    const { contract: served, findings, warnings } = await load(contract);
    expect(findings).toEqual([]);
    expect(messagesIn(warnings)).toEqual(
      expect.arrayContaining([
        "pattern is not a text, and is ignored: correct it, or remove it",
        "required is not a list of names, and is ignored: correct it, or remove it",
        "maxLength is not a number, and is ignored: correct it, or remove it",
      ]),
    );
    const place = ["paths", "/a/{id}", "put", "requestBody", "content", "application/json", "schema", "properties"];
    expect(findAt(served.document, place)).toEqual({ pattern: { type: "string" } });
  });

  it("stops a strict start", async () => {
    const { findings } = await load(contract, true);
    expect(messagesIn(findings)).toContainEqual(expect.stringMatching(/^pattern is not a text/));
  });
});

describe("a reference that leads nowhere", () => {
  const broken = { $ref: "#/components/schemas/Nothing" };
  const inResponse = operation("getA", { responses: { 200: { description: "d", ...json(broken) } } });

  it("leaves a part of a response unchecked, with a warning", async () => {
    const { contract, findings, warnings } = await load(contractOf({ "/a/{id}": { get: inResponse } }));
    expect(findings).toEqual([]);
    expect(messagesIn(warnings)).toContain(
      "#/components/schemas/Nothing does not exist, so this part of a response is not checked: correct it",
    );
    const place = ["paths", "/a/{id}", "get", "responses", "200", "content", "application/json", "schema"];
    expect(findAt(contract.document, place)).toEqual({});
  });

  const place = "#/paths/~1a~1%7Bid%7D/get/responses/200/content/application~1json/schema";
  it.each([
    ["in a request", { "/a/{id}": { put: operation("putA", { requestBody: json(broken) }) } }],
    [
      "in a response that a request refers to",
      { "/a/{id}": { get: inResponse, put: operation("putA", { requestBody: json({ $ref: place }) }) } },
    ],
    ["in the place of a path", { "/a/{id}": { $ref: "#/components/pathItems/Nothing" } }],
  ])("stops the start %s", async (_, paths) => {
    const { findings } = await load(contractOf(paths, "3.1.1"));
    expect(messagesIn(findings)).toContainEqual(expect.stringMatching(/Nothing does not exist: correct the reference/));
  });

  it("is found where the upgrade of 3.0 removes what is beside another reference", async () => {
    const beside = { $ref: "#/components/schemas/A", properties: { b: { type: "string" } } };
    const reference = { $ref: `${place}/properties/list/items/properties/b` };
    const schema = { type: "object", properties: { list: { type: "array", items: beside }, other: reference } };
    const paths = {
      "/a/{id}": { get: operation("getA", { responses: { 200: { description: "d", ...json(schema) } } }) },
    };
    const { findings } = await load(contractOf(paths, "3.0.3", { schemas: { A: { type: "object" } } }));
    expect(findings).toEqual([]);
  });
});

describe("two operations that match the same requests", () => {
  const twins = (one: readonly object[], other: readonly object[]) =>
    contractOf({
      "/a/{id}": { get: operation("getA", { security: one }) },
      "/a/{name}": { get: { ...operation("getB", { security: other }), parameters: [{ name: "name", in: "path" }] } },
    });
  const READ = { Key: ["read"] };
  const WRITE = { Key: ["write"] };

  it.each<[string, readonly object[], readonly object[], readonly object[]]>([
    ["the alternatives that both have", [READ, WRITE], [WRITE], [WRITE]],
    ["the first, which is stricter", [WRITE], [READ, WRITE], [WRITE]],
    ["the second, where the first is public", [], [WRITE], [WRITE]],
    ["the first, where the second is public", [WRITE], [], [WRITE]],
    [
      "both, whatever the order of their scopes",
      [{ Key: ["read", "write"] }],
      [{ Key: ["write", "read"] }],
      [{ Key: ["read", "write"] }],
    ],
    ["an optional key only where both have it", [{}, READ], [READ], [READ]],
  ])("are served with the security of %s", async (_, one, other, expected) => {
    const { contract, findings } = await load(twins(one, other));
    expect(findings).toEqual([]);
    expect(findAt(contract.document, ["paths", "/a/{id}", "get", "security"])).toEqual(expected);
    expect(contract.routes.match("GET", "/a/7")).toMatchObject({ operation: { id: "getA" } });
  });

  it("are refused where they have none in common", async () => {
    const { findings } = await load(twins([READ], [WRITE]));
    expect(messagesIn(findings)).toEqual([
      "GET /a/{name} and GET /a/{id} match the same requests, with different security: keep one of them",
    ]);
  });

  it("are refused where only one of them has an upstream of its own", async () => {
    const contract = twins([READ], [READ]);
    Object.assign((contract.paths as Record<string, { get: object }>)["/a/{id}"]?.get ?? {}, {
      "x-latchkey": { upstream: "http://127.0.0.1:7000" },
    });
    expect((await load(contract)).findings).toHaveLength(1);
  });
});
