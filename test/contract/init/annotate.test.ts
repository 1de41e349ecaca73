import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parseDocument } from "yaml";
import type { JsonObject } from "../../../src/contract/document/json.ts";
import { annotate } from "../../../src/contract/init/annotate.ts";
import { writeDifferences } from "../../../src/contract/init/text/write-differences.ts";
import { toOutline } from "../../../src/contract/model/outline.ts";
import { loadUserContract } from "../../../src/contract/user/load-user-contract.ts";
import { isAdministrative } from "../../../src/keys/scopes.ts";
import { loadBuiltInContract } from "../../../src/service/built-in-contract.ts";
import { HEALTHY } from "../../support/model/contract.ts";
import { operationsOf, partsOf } from "../../support/model/models.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();

/** The parts of an annotated contract that are looked at. */
type Annotated = JsonObject & {
  readonly components: { readonly securitySchemes: Readonly<Record<string, object>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
};

function annotated(text: string, keyScheme?: string) {
  const written = parseDocument(text).toJS();
  const { document, decisions } = annotate(written, { isReserved: isAdministrative, keyScheme });
  return {
    changes: decisions,
    text: writeDifferences(text, written, document),
    document: document as unknown as Annotated,
  };
}

async function served(text: string) {
  const path = join(folder, "their.yaml");
  writeFileSync(path, text);
  return partsOf(await loadUserContract(path, loadBuiltInContract().document, { isStrict: false, hasUpstream: true }));
}

const PETS = `# Everything about pets.
openapi: 3.1.0
info: { title: Pets, version: 1.0.0 } # and nothing else
servers: [{ url: 'https://pets.example/v2' }]
paths:
  /pets:
    get: # all of them
      operationId: listPets
      tags: [Pet Shop]
      responses: { '200': { description: Pets. } }
    post:
      security: [{ login: [write:pets, 'read pets'] }]
      responses: { '201': { description: Pet. } }
  /v1/keys-of/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get:
      operationId: getKeyOf
      tags: [keys]
      responses: { '200': { description: Key. } }
  /news:
    get: { operationId: getNews, security: [], responses: { '200': { description: News. } } }
  /in:
    get:
      operationId: logIn
      x-latchkey: { security: passthrough }
      security: [{ basic: [] }]
      responses: { '200': { description: In. } }
components:
  securitySchemes:
    login: { type: oauth2, flows: {} }
    basic: { type: http, scheme: basic }
    inQuery: { type: apiKey, in: query, name: key }
    inHeader: { type: apiKey, in: header, name: X-Pets }
`;

describe("a contract that is annotated", () => {
  it("declares which key opens what, and is otherwise unchanged", () => {
    const { changes, text, document } = annotated(PETS);
    const byId = new Map(operationsOf(document).map((operation) => [operation.id, operation]));
    const needs = (id: string) => ({ schemes: byId.get(id)?.schemes, scopes: byId.get(id)?.scopes });
    expect(needs("listPets")).toEqual({ schemes: ["inHeader"], scopes: ["pet-shop:read"] });
    expect(needs("postPets")).toEqual({ schemes: ["inHeader", "login"], scopes: ["write:pets", "read-pets"] });
    expect(needs("getKeyOf")).toEqual({ schemes: ["inHeader"], scopes: ["app-keys:read"] });
    expect(byId.get("getNews")?.isPublic).toBe(true);
    expect(byId.get("logIn")?.isPassthrough).toBe(true);
    expect(Object.keys(toOutline(document).scopes)).toEqual([
      "pet-shop:read",
      "write:pets",
      "read-pets",
      "app-keys:read",
    ]);
    expect(Object.keys(document.components.securitySchemes)).toEqual(["login", "basic", "inQuery", "inHeader"]);
    for (const comment of ["# Everything about pets.", "# and nothing else", "# all of them"])
      expect(text).toContain(comment);
    expect(changes.map(({ operation = "", message }) => `${operation} ${message}`.trim())).toEqual([
      "GET /pets needs a key with pet-shop:read, because it declared no security",
      "POST /pets is named postPets",
      "POST /pets needs a key with write:pets, read-pets, besides login",
      "GET /v1/keys-of/{id} needs a key with app-keys:read, because it declared no security",
      "GET /news stays public",
      "GET /in stays as it is: your API checks its security",
      "Operations that you add later need a key, unless they say otherwise.",
      "login (OAuth 2) is left to your API. To send keys of Latchkey in it: --keys login.",
      "basic (HTTP basic) is left to your API. To send keys of Latchkey in it: --keys basic.",
      "The path /v2 of the server is put before every path when it is served.",
    ]);
  });

  it("keeps every line that it had, in its place", () => {
    const lines = annotated(PETS).text.split("\n");
    const kept = lines.filter((line) => PETS.split("\n").includes(line));
    const changed = [
      "      security: [{ login: [write:pets, 'read pets'] }]",
      "    inHeader: { type: apiKey, in: header, name: X-Pets }",
    ];
    expect(kept).toEqual(PETS.split("\n").filter((line) => !changed.includes(line)));
  });

  it("can be served", async () => {
    expect((await served(annotated(PETS).text)).findings).toEqual([]);
  });

  it("does not change when it is annotated again", () => {
    const once = annotated(PETS).text;
    const twice = annotated(once);
    expect(twice.text).toBe(once);
    expect(twice.changes.filter(({ kind }) => ["keyed", "scoped", "named"].includes(kind))).toEqual([]);
  });

  it("keeps the operationIds that it has, also those that the service has to rename", () => {
    const text = PETS.replace("operationId: listPets", "operationId: pets/list");
    expect(annotated(text).text).toContain("operationId: pets/list\n");
  });

  it("keeps what it declares already", () => {
    const { changes, document } = annotated(HEALTHY);
    expect(changes).toEqual([]);
    expect(document).toEqual(parseDocument(HEALTHY).toJS());
  });

  it("gets a key scheme if it has none, with a free name", async () => {
    const text = PETS.replace(/ {4}inQuery[\s\S]*/, "");
    const { document } = annotated(text);
    expect(document.components.securitySchemes["ApiKey"]).toMatchObject({
      type: "apiKey",
      in: "header",
      name: "x-api-key",
    });
    expect((await served(annotated(text).text)).findings).toEqual([]);
    const taken = annotated(text.replaceAll("basic", "ApiKey"));
    expect(taken.document.components.securitySchemes["LatchkeyKey"]).toMatchObject({ name: "x-api-key" });
  });

  it("has its scopes in x-latchkey in OpenAPI 3.0", async () => {
    const old = annotated(PETS.replace("3.1.0", "3.0.3"));
    expect(old.document.paths["/pets"]?.["get"]).toMatchObject({
      security: [{ inHeader: [] }],
      "x-latchkey": { scopes: ["pet-shop:read"] },
    });
    const { findings, contract } = await served(old.text);
    expect(findings).toEqual([]);
    const found = operationsOf(contract.document).find(({ id }) => id === "listPets");
    expect(found?.scopes).toEqual(["pet-shop:read"]);
    expect(annotated(old.text).text).toBe(old.text);
  });

  it("inherits no security that no key opens", async () => {
    const text = PETS.replace("servers:", "security: [{ login: [all] }]\nservers:");
    const { document } = annotated(text);
    expect(document["security"]).toEqual([{ inHeader: [], login: ["all"] }]);
    expect(operationsOf(document).find(({ id }) => id === "listPets")?.scopes).toEqual(["all"]);
    expect((await served(annotated(text).text)).findings).toEqual([]);
  });

  const withSecurity = (security: string) =>
    PETS.replace("security: [{ login: [write:pets, 'read pets'] }]", `security: ${security}`);

  it.each([
    [
      "keeps the alternatives to a key",
      "[{ inQuery: [] }, { inHeader: [] }, {}]",
      [{ inQuery: ["pets:write"] }, { inHeader: ["pets:write"] }, {}],
    ],
    [
      "asks for a key besides each login",
      "[{ basic: [] }, { login: [a] }]",
      [
        { inHeader: ["a"], basic: [] },
        { inHeader: ["a"], login: ["a"] },
      ],
    ],
    [
      "asks for a key where a login was optional",
      "[{ basic: [] }, {}]",
      [{ inHeader: ["pets:write"], basic: [] }, { inHeader: ["pets:write"] }],
    ],
    ["asks for a key where no credential was needed", "[{}]", [{ inHeader: ["pets:write"] }]],
    ["keeps a key and a login", "[{ inHeader: [b], basic: [] }]", [{ inHeader: ["b"], basic: [] }]],
  ])("%s", (_, security, expected) => {
    expect(annotated(withSecurity(security)).document.paths["/pets"]?.["post"]).toMatchObject({ security: expected });
  });

  it("leaves to the API what the service would take for a key", () => {
    const text = withSecurity("[{ session: [] }, { token: [] }]").replace(
      "    inQuery:",
      "    session: { type: apiKey, in: cookie, name: sessionid }\n    token: { type: apiKey, in: header, name: Authorization }\n    inQuery:",
    );
    const { document } = annotated(text);
    expect(document.components.securitySchemes).toMatchObject({
      session: { "x-latchkey": { security: "passthrough" } },
      token: { "x-latchkey": { security: "passthrough" } },
    });
    expect(document.paths["/pets"]?.["post"]).toMatchObject({
      security: [
        { inHeader: ["pets:write"], session: [] },
        { inHeader: ["pets:write"], token: [] },
      ],
    });
  });

  it("opens no operation to a login alone", async () => {
    const text = withSecurity("[{ inHeader: [a] }, { basic: [] }, { session: [] }]").replace(
      "    inQuery:",
      "    session: { type: apiKey, in: cookie, name: sessionid }\n    inQuery:",
    );
    const { document, changes, text: written } = annotated(text);
    expect(document.components.securitySchemes["basic"]).not.toHaveProperty("x-latchkey");
    expect(document.components.securitySchemes["session"]).not.toHaveProperty("x-latchkey");
    expect(changes.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        /^basic \(HTTP basic\) is left to your API\. Some operations accept it instead of a key; they/,
      ),
    );
    const { contract } = await served(written);
    expect(operationsOf(contract.document).find(({ id }) => id === "postPets")).toMatchObject({
      isPublic: false,
      otherAlternatives: [],
    });
  });

  it("sends keys in the scheme that a person chooses", () => {
    const { document } = annotated(withSecurity("[{ basic: [] }]"), "basic");
    expect(document.components.securitySchemes["basic"]).toMatchObject({ "x-latchkey": { carrier: "key" } });
    expect(document.paths["/pets"]?.["post"]).toMatchObject({ security: [{ basic: ["pets:write"] }] });
    expect(document.paths["/pets"]?.["get"]).toMatchObject({ security: [{ basic: ["pet-shop:read"] }] });
  });
});
