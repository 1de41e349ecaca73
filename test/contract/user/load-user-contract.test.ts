import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { ContractUnreadable } from "../../../src/contract/document/contract-unreadable.ts";
import { toOutline } from "../../../src/contract/model/outline.ts";
import {
  loadUserContract,
  loadUserTerms,
  type UserContractOptions,
} from "../../../src/contract/user/load-user-contract.ts";
import { loadBuiltInContract } from "../../../src/service/built-in-contract.ts";
import { GET_SECURITY, HEALTHY, healthyBut, lineWith } from "../../support/model/contract.ts";
import { operationsOf, partsOf } from "../../support/model/models.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
const own = loadBuiltInContract().document;
const UPSTREAM = "http://127.0.0.1:5000";

async function load(text: string, options: Partial<UserContractOptions> = {}) {
  const path = join(folder, "their.yaml");
  writeFileSync(path, text);
  return partsOf(await loadUserContract(path, own, { isStrict: true, hasUpstream: true, ...options }));
}

const NOTHING = { findings: [], warnings: [] };

describe("a user contract", () => {
  it("is served with the built-in operations, without the examples", async () => {
    const { contract, ...verdict } = await load(HEALTHY);
    expect(verdict).toEqual(NOTHING);
    const ids = operationsOf(contract.document).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(["getThing", "putThing", "createKey", "getOwnKey", "getHealth"]));
    for (const example of ["getData", "getInfo", "getSecretData"]) expect(ids).not.toContain(example);
  });

  it("is shown before the built-in operations, with or without tags", async () => {
    const tags = async (text: string) =>
      ((await load(text)).contract.document["tags"] as { name: string }[]).map(({ name }) => name).slice(0, 3);
    expect(await tags(HEALTHY)).toEqual(["default", "ownKey", "clients"]);
    expect(
      await tags(healthyBut("operationId: putThing", "operationId: putThing\n      tags: [clients, things]")),
    ).toEqual(["default", "clients", "things"]);
  });

  it("keeps its scheme and its scopes, and renames the built-in one", async () => {
    const { contract } = await load(healthyBut("name: X-API-Key", "name: X-Token"));
    expect({ ...toOutline(contract.document).keySchemes }).toEqual({
      ApiKey: { in: "header", name: "x-token" },
      ApiKeyQuery: { in: "query", name: "api_key" },
      LatchkeyApiKey: { in: "header", name: "x-api-key" },
    });
    const byId = new Map(operationsOf(contract.document).map((operation) => [operation.id, operation]));
    expect(byId.get("getThing")?.schemes).toEqual(["ApiKey"]);
    expect(byId.get("createKey")?.schemes).toEqual(["LatchkeyApiKey"]);
    expect(Object.keys(toOutline(contract.document).scopes)).toEqual(
      expect.arrayContaining(["data:write", "keys:write"]),
    );
    expect(Object.keys(toOutline(contract.document).scopes)).not.toContain("secret:read");
  });

  it("may have components with the names of built-in ones", async () => {
    const { contract, ...verdict } = await load(
      HEALTHY.replaceAll("Thing:", "RegisteredClient:").replaceAll("/Thing'", "/RegisteredClient'"),
    );
    expect(verdict).toEqual(NOTHING);
    const { schemas } = contract.document["components"] as { schemas: Record<string, { properties?: object }> };
    expect(Object.keys(schemas["RegisteredClient"]?.properties ?? {})).toContain("colour");
    expect(Object.keys(schemas["LatchkeyRegisteredClient"]?.properties ?? {})).toContain("disabledAt");
  });

  it.each([
    ["a path", "/things/{thingId}", "/v1/keys/{thingId}", /is a path of Latchkey itself/],
    ["a scope", "data:write: Write things.", "keys:write: Write things.", /is a scope of Latchkey itself/],
  ])("must not use %s of the built-in contract", async (_, from, to, message) => {
    const text = healthyBut(from, to).replace("[data:write]", to.startsWith("keys") ? "[keys:write]" : "[data:write]");
    const { findings } = await load(text);
    expect(findings).toEqual([{ line: lineWith(text, to), message: expect.stringMatching(message) }]);
  });

  it("needs an upstream, here or at each operation", async () => {
    const { findings } = await load(HEALTHY, { hasUpstream: false });
    expect(findings).toEqual([
      {
        line: lineWith(HEALTHY, "get:"),
        message: expect.stringMatching(/^GET .* and 1 more have no upstream: set LATCHKEY_UPSTREAM/),
      },
    ]);
    const named = HEALTHY.replaceAll(/( +)(operationId: .+)/g, `$1$2\n$1x-latchkey: { upstream: '${UPSTREAM}' }`);
    const served = await load(named, { hasUpstream: false });
    expect(served.findings).toEqual([]);
    expect(served.contract.operations.find(({ id }) => id === "getThing")?.upstream).toBe(UPSTREAM);
    expect(JSON.stringify(served.contract.document)).not.toContain(UPSTREAM);
  });

  it("may have a server with a path, which is put before each of its paths", async () => {
    const text = healthyBut("url: /", "url: https://api.example.com/v2/");
    const { contract } = await load(text);
    expect(contract.operations.map(({ path }) => path)).toContain("/v2/things/{thingId}");
    const { findings } = await load(text.replace(GET_SECURITY, "security: [{ Nobody: [] }]"));
    expect(findings[0]?.line).toBe(lineWith(text, GET_SECURITY));
  });

  it("may refer into its paths, which the path of the server moves", async () => {
    const schema = "{ $ref: '#/paths/~1things~1{thingId}/get/parameters/0/schema' }";
    const text = healthyBut("url: /", "url: /v2").replace(
      "{ name: thingId, in: path, required: true, schema: { type: string, maxLength: 20 } }",
      `{ name: thingId, in: path, required: true, schema: ${schema} }`,
    );
    const { contract, findings } = await load(text, { isStrict: false });
    expect(findings).toEqual([]);
    expect(JSON.stringify(contract.document)).toContain("#/paths/~1v2~1things~1%7BthingId%7D/get/parameters/0/schema");
  });
});

describe("the terms of a user contract", () => {
  const termsOf = async (text: string) => {
    const path = join(folder, "terms.yaml");
    writeFileSync(path, text);
    return loadUserTerms(path, own, false);
  };

  it("are those of the served contract", async () => {
    const { operations, scopes, policy } = (await load(HEALTHY)).contract;
    expect(await termsOf(HEALTHY)).toEqual({ operations, scopes, policy });
  });

  it("can be read while the contract has findings, so that keys can still be revoked", async () => {
    const text = healthyBut(GET_SECURITY, "security: [{ Unknown: [] }]").replace("/things/{thingId}", "things/*");
    expect((await load(text)).findings).not.toEqual([]);
    const { operations, scopes } = await termsOf(text);
    expect(operations.map(({ id }) => id)).toEqual(expect.arrayContaining(["getThing", "createKey"]));
    expect(Object.keys(scopes)).toEqual(expect.arrayContaining(["data:read", "keys:write"]));
  });
});

describe("x-latchkey", () => {
  const withWords = (words: string) =>
    healthyBut("operationId: getThing", `operationId: getThing\n      x-latchkey: ${words}`);

  it("adds scopes to those in security", async () => {
    const { contract } = await load(withWords("{ scopes: [data:write] }"));
    const found = operationsOf(contract.document).find(({ id }) => id === "getThing");
    expect(found?.scopes).toEqual(["data:read", "data:write"]);
  });

  it.each([
    ["a misspelt word", "{ scope: [data:read] }", /^x-latchkey is not valid: .*known words: scopes/],
    ["an upstream that is none", "{ upstream: 'file:///etc/passwd' }", /^x-latchkey\.upstream is not valid/],
    ["another security", "{ security: none }", /^x-latchkey\.security is not valid/],
    ["a scope of Latchkey itself", "{ scopes: [keys:write] }", /asks for the scope keys:write/],
  ])("stops the start with %s, lenient or not", async (_, words, message) => {
    for (const isStrict of [false, true]) {
      const { findings } = await load(withWords(words), { isStrict });
      expect(findings).toEqual([{ line: expect.any(Number), message: expect.stringMatching(message) }]);
    }
  });

  const OAUTH = "      name: api_key\n    Login: { type: http, scheme: basic }\n";

  it("may leave security of another kind to the upstream", async () => {
    const text = withWords("{ security: passthrough }")
      .replace("      name: api_key\n", OAUTH)
      .replace(GET_SECURITY, "security: [{ Login: [] }]");
    const { contract, findings } = await load(text);
    expect(findings).toEqual([]);
    const found = operationsOf(contract.document).find(({ id }) => id === "getThing");
    expect(found).toMatchObject({ isPublic: true, isPassthrough: true, schemes: [] });
  });

  const withSecurity = (security: string) =>
    HEALTHY.replace("      name: api_key\n", OAUTH).replace(GET_SECURITY, security);

  it("may ask for a login beside a key", async () => {
    const { contract, findings } = await load(withSecurity("security: [{ ApiKey: [data:read], Login: [any] }]"));
    expect(findings).toEqual([]);
    const found = operationsOf(contract.document).find(({ id }) => id === "getThing");
    expect(found).toMatchObject({
      isPublic: false,
      isPassthrough: false,
      needsOtherCredential: true,
      scopes: ["data:read"],
    });
  });

  it.each([
    "security: [{ ApiKey: [data:read] }, { Login: [] }]",
    "security: [{ ApiKey: [data:read], Login: [] }, { Login: [] }]",
  ])("admits no request by a login alone, and warns: %s", async (security) => {
    const warning = { message: expect.stringMatching(/also accepts Login without a key, which Latchkey refuses/) };
    const { contract, ...verdict } = await load(withSecurity(security), { isStrict: false });
    expect(verdict).toMatchObject({ findings: [], warnings: [warning] });
    const [operation] = operationsOf(contract.document);
    expect(operation).toMatchObject({ isPublic: false, isOptional: false, otherAlternatives: [] });
    expect((await load(withSecurity(security))).findings).toMatchObject([warning]);
  });

  it("leaves no key to the upstream", async () => {
    const open = await load(withWords("{ security: passthrough }"), { isStrict: false });
    expect(open.findings).toEqual([
      { line: expect.any(Number), message: expect.stringMatching(/nothing would then check/) },
    ]);
  });

  it.each([
    ["is public", "security: []", "scopes: [data:read]"],
    ["is public in another way", "security: [{}]", "scopes: [data:read]"],
    ["is for logins alone", "security: [{ Login: [] }]", "scopes: [data:read]"],
    ["leaves its security to the upstream", "security: []", "security: passthrough, scopes: [data:read]"],
  ])("does not leave a scope unchecked where an operation %s", async (_, security, words) => {
    const text = HEALTHY.replace("      name: api_key\n", OAUTH)
      .replace("scheme: basic }", "scheme: basic, x-latchkey: { security: passthrough } }")
      .replace(GET_SECURITY, `${security}\n      x-latchkey: { ${words} }`);
    expect((await load(text, { isStrict: false })).findings).toEqual([
      { line: lineWith(text, "x-latchkey: { "), message: expect.stringMatching(/^GET .* needs data:read and no key/) },
    ]);
  });

  it("takes a key where an operation names only other schemes, and warns", async () => {
    const untold = HEALTHY.replace("      name: api_key\n", OAUTH).replace(GET_SECURITY, "security: [{ Login: [] }]");
    const { contract, findings, warnings } = await load(untold, { isStrict: false });
    expect({ findings, warnings }).toEqual({
      findings: [],
      warnings: [
        {
          line: lineWith(untold, "Login: { type"),
          message: expect.stringMatching(/^Login is for passwords, and GET .* there Login carries an API key/),
        },
      ],
    });
    expect(operationsOf(contract.document)[0]).toMatchObject({
      isPublic: false,
      carriers: [{ in: "header", name: "authorization", basic: "either" }],
    });
  });
});

describe("a contract that is not checked strictly", () => {
  it("may be unbounded or unchecked, with warnings", async () => {
    const text = healthyBut("{ type: string, maxLength: 20 }", "{ type: string }");
    const strict = await load(text);
    const lenient = await load(text, { isStrict: false });
    expect(strict).toMatchObject({ findings: [{ message: expect.stringContaining("add maxLength") }], warnings: [] });
    expect(lenient).toMatchObject({ findings: [], warnings: strict.findings });
  });

  it("reads nullable as in OpenAPI 3.0", async () => {
    const text = healthyBut("type: [boolean, 'null']", "type: boolean, nullable: true");
    const strict = await load(text);
    expect(strict.findings).toEqual([
      { line: lineWith(text, "nullable"), message: expect.stringMatching(/from OpenAPI 3\.0/) },
    ]);
    const { contract, findings, warnings } = await load(text, { isStrict: false });
    expect(findings).toEqual([]);
    expect(warnings).toEqual([
      { line: lineWith(text, "nullable"), message: expect.stringMatching(/from OpenAPI 3\.0/) },
    ]);
    expect(JSON.stringify(contract.document)).toContain('"isOpen":{"type":["boolean","null"]}');
  });

  it("takes the path of the first server, where there are several", async () => {
    const text = healthyBut("  - url: /\n", "  - url: https://a.example/v1\n  - url: https://b.example/v2\n");
    const message =
      "the servers have different paths: /v1, that of the first one, is used, not /v2; put the server that clients use first";
    expect((await load(text)).findings).toEqual([{ line: 3, message }]);
    const { contract, findings, warnings } = await load(text, { isStrict: false });
    expect(findings).toEqual([]);
    expect(warnings).toEqual([{ line: 3, message }]);
    expect(operationsOf(contract.document).map(({ path }) => path)).toContain("/v1/things/{thingId}");
  });

  it("gives different operationIds to operations without one", async () => {
    const { contract, findings, warnings } = await load(
      HEALTHY.replace("operationId: getThing\n", "summary: x\n").replace(
        "operationId: putThing",
        "operationId: put/thing",
      ),
      { isStrict: false },
    );
    expect(findings).toEqual([]);
    const ids = operationsOf(contract.document).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(["getThingsThingId", "putThing"]));
    expect(warnings).toEqual([
      {
        line: lineWith(HEALTHY, "    get:"),
        message: expect.stringMatching(/^GET .* has no operationId: it is called getThingsThingId here/),
      },
      {
        line: lineWith(HEALTHY, "    put:"),
        message: expect.stringMatching(/^PUT .* has the operationId put\/thing, unusable or taken: .* putThing here/),
      },
    ]);
  });

  it("gives another operationId to an operation that has that of another", async () => {
    const text = healthyBut("operationId: putThing", "operationId: getThing");
    const { contract, findings } = await load(text, { isStrict: false });
    expect(findings).toEqual([]);
    expect(operationsOf(contract.document).map(({ id }) => id)).toEqual(
      expect.arrayContaining(["getThing", "getThing2"]),
    );
  });

  it.each([
    ["security that is not a list", GET_SECURITY, "security: {}", /declares no security/],
    ["an unknown scheme", GET_SECURITY, "security: [{ Nobody: [] }]", /is not defined/],
    ["a scope of Latchkey itself", GET_SECURITY, "security: [{ ApiKey: [keys:read] }]", /asks for the scope keys:read/],
    [
      "a reference that leads nowhere",
      "{ $ref: '#/components/schemas/Thing' }] }",
      "{ $ref: '#/x' }] }",
      /#\/x does not exist/,
    ],
  ])("never with %s", async (_, from, to, message) => {
    const { findings } = await load(healthyBut(from, to), { isStrict: false });
    expect(findings).toEqual([{ line: expect.any(Number), message: expect.stringMatching(message) }]);
  });
});

describe("a contract of OpenAPI 3.0", () => {
  const OLD = HEALTHY.replace("3.1.1", "3.0.3")
    .replace("type: [boolean, 'null']", "type: boolean, nullable: true")
    .replace(
      "exclusiveMinimum: 0, exclusiveMaximum: 9",
      "minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false",
    )
    .replace("{ const: round }", "{ enum: [round] }")
    .replace("colour: { enum: [red, blue] }", "colour: { type: string, enum: [red, blue, null], nullable: true }")
    .replace(GET_SECURITY, "security: [{ ApiKey: [] }]\n      x-latchkey: { scopes: [data:read] }");

  it("is read as 3.1, its scopes from x-latchkey", async () => {
    const { contract, ...verdict } = await load(OLD);
    expect(verdict).toEqual(NOTHING);
    const { properties } = (
      contract.document as never as { components: { schemas: { Thing: { properties: object } } } }
    ).components.schemas.Thing;
    expect(properties).toMatchObject({
      isOpen: { type: ["boolean", "null"] },
      colour: { type: ["string", "null"], enum: ["red", "blue", null] },
      weight: { type: "number", exclusiveMinimum: 0, maximum: 9 },
    });
    expect(contract.document["openapi"]).toBe("3.1.1");
    expect(operationsOf(contract.document).find(({ id }) => id === "getThing")?.scopes).toEqual(["data:read"]);
  });

  it("allows null beside an enum only if that has it, and reports what may be meant otherwise", async () => {
    const text = OLD.replace("[red, blue, null]", "[red, blue]");
    const { contract, warnings } = await load(text);
    expect(contract.document["components"]).toMatchObject({
      schemas: { Thing: { properties: { colour: { enum: ["red", "blue"] } } } },
    });
    expect(warnings).toEqual([
      {
        line: lineWith(text, "enum: [red, blue]"),
        message: expect.stringMatching(/^nullable has no effect beside an enum/),
      },
    ]);
  });

  it("reports where nullable has no effect", async () => {
    const text = OLD.replace("type: boolean, nullable: true", "nullable: true, enum: [true]");
    const { findings, warnings } = await load(text);
    expect(findings).toEqual([]);
    expect(warnings).toEqual([
      { line: lineWith(text, "nullable: true, enum"), message: expect.stringMatching(/no effect/) },
    ]);
  });
});

describe("a contract in several files", () => {
  const inside = (name: string, text: string) => {
    mkdirSync(join(folder, "parts"), { recursive: true });
    writeFileSync(join(folder, "parts", name), text);
  };
  const refers = (ref: string) =>
    healthyBut("schema: { $ref: '#/components/schemas/Thing' }", `schema: { $ref: '${ref}' }`);

  it("is combined into one", async () => {
    inside("thing.yaml", "Body: { type: object, maxProperties: 3, properties: { name: { $ref: './name.yaml' } } }\n");
    inside("name.yaml", "{ type: string, maxLength: 7 }\n");
    const { contract, ...verdict } = await load(refers("parts/thing.yaml#/Body"));
    expect(verdict).toEqual(NOTHING);
    expect(JSON.stringify(contract.document)).toContain('"maxLength":7');
  });

  it("may share whole paths", async () => {
    inside("path.yaml", `get: { operationId: getIt, security: [], responses: { '200': { description: It. } } }\n`);
    const { contract, findings } = await load(healthyBut("paths:\n", "paths:\n  /it: { $ref: parts/path.yaml }\n"));
    expect(findings).toEqual([]);
    expect(operationsOf(contract.document).map(({ id }) => id)).toContain("getIt");
  });

  it.each([
    ["outside its folder", "../../../../etc/hostname"],
    ["an absolute file", "/etc/hostname"],
    ["a file URL", "file:///etc/hostname"],
    ["a file that is not there", "parts/nowhere.yaml"],
    ["a link out of its folder", "parts/link.yaml"],
    ["a file with an encoded slash in its name", "..%2F..%2Fetc%2Fhostname"],
    ["a file with a broken encoding in its name", "parts/%zz.yaml"],
    ["a file with a NUL in its name", "parts/a%00.yaml"],
  ])("does not refer to %s", async (_, ref) => {
    inside("keep.yaml", "a: 1\n");
    try {
      symlinkSync("/etc/hostname", join(folder, "parts", "link.yaml"));
    } catch {
      // It is there from the case before.
    }
    const failure = await load(refers(ref)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ContractUnreadable);
    expect((failure as ContractUnreadable).findings).toEqual([
      {
        line: expect.any(Number),
        message: expect.stringMatching(
          /outside the contract.s folder|does not exist|cannot be read|references may lead only to files|not the path of a file/,
        ),
      },
    ]);
  });

  it("never calls a host", async () => {
    let calls = 0;
    const server = createServer((_req, res) => {
      calls++;
      res.end("type: string");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    for (const scheme of ["http:", "HTTP:", "https:", ""]) {
      const failure = await load(refers(`${scheme}//127.0.0.1:${port}/schema.yaml`)).catch((error: unknown) => error);
      expect([scheme, failure]).toEqual([scheme, expect.any(ContractUnreadable)]);
    }
    expect(calls).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("an OpenAPI 3.2 document", () => {
  it("is read as 3.1, and what only 3.2 has is reported", async () => {
    const text = healthyBut("openapi: 3.1.1", "openapi: 3.2.0").replace(
      "    put:",
      "    query: { operationId: search, responses: { '200': { description: It. } } }\n    put:",
    );
    const { contract, findings, warnings } = await load(text, { isStrict: false });
    expect(findings).toEqual([]);
    expect(warnings).toContainEqual({
      line: lineWith(text, "query: { operationId"),
      message: "query of /things/{thingId} is not served, because it is from OpenAPI 3.2: use post",
    });
    expect(contract.document["openapi"]).toBe("3.1.1");
  });
});

describe("YAML", () => {
  it("may merge maps, and have numbers where only people read", async () => {
    const text = healthyBut(
      "    get:\n",
      "    x-common: &common { responses: { '200': { description: The thing. } } }\n    get:\n      <<: *common\n",
    )
      .replace("      responses: { '200': { description: The thing. } }\n    put", "    put")
      .replace("version: 1.0.0", "version: 1.0");
    const { contract, findings, warnings } = await load(text, { isStrict: false });
    expect(findings).toEqual([]);
    expect(warnings).toEqual([
      {
        line: lineWith(text, "version: 1.0"),
        message: expect.stringMatching(/must be string \(at info\/version\): put it in quotes/),
      },
    ]);
    expect(operationsOf(contract.document).find(({ id }) => id === "getThing")?.responses).toEqual({
      "200": undefined,
    });
  });

  it("may have links that are not URIs", async () => {
    const text = healthyBut("servers:\n", "externalDocs: { url: see the wiki }\nservers:\n");
    const { findings, warnings } = await load(text, { isStrict: false });
    expect(findings).toEqual([]);
    expect(warnings).toMatchObject([{ line: lineWith(text, "see the wiki") }]);
  });
});
