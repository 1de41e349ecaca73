import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parseDocument } from "yaml";
import { annotate } from "../../../src/contract/init/annotate.ts";
import { toOutline } from "../../../src/contract/model/outline.ts";
import { loadUserContract } from "../../../src/contract/user/load-user-contract.ts";
import { isAdministrative } from "../../../src/keys/scopes.ts";
import { loadBuiltInContract } from "../../../src/service/built-in-contract.ts";
import { HEALTHY } from "../../support/model/contract.ts";
import { operationsOf, partsOf } from "../../support/model/models.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();

function annotated(text: string) {
  const parsed = parseDocument(text);
  const changes = annotate(parsed, isAdministrative);
  return { changes, text: parsed.toString({ lineWidth: 0 }), document: parsed.toJS() };
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
  /either:
    get:
      operationId: either
      security: [{ inQuery: [] }, { inHeader: [] }, {}]
      responses: { '200': { description: It. } }
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
    expect(needs("postPets")).toEqual({ schemes: ["inHeader"], scopes: ["write:pets", "read-pets"] });
    expect(needs("getKeyOf")).toEqual({ schemes: ["inHeader"], scopes: ["app-keys:read"] });
    expect(needs("either")).toEqual({ schemes: ["inHeader"], scopes: ["either:read"] });
    expect(byId.get("getNews")?.isPublic).toBe(true);
    expect(byId.get("logIn")?.isPassthrough).toBe(true);
    expect(Object.keys(toOutline(document).scopes)).toEqual([
      "pet-shop:read",
      "write:pets",
      "read-pets",
      "app-keys:read",
      "either:read",
    ]);
    expect(Object.keys(document.components.securitySchemes)).toEqual(["basic", "inQuery", "inHeader"]);
    for (const comment of ["# Everything about pets.", "# and nothing else", "# all of them"])
      expect(text).toContain(comment);
    expect(changes.map(({ operation = "", message }) => `${operation} ${message}`.trim())).toEqual([
      "GET /pets needs pet-shop:read, because it declared no security",
      "POST /pets is named postPets",
      "POST /pets needs write:pets, read-pets, instead of login",
      "GET /v1/keys-of/{id} needs app-keys:read, because it declared no security",
      "GET /news stays public",
      "GET /either needs either:read, and one kind of key",
      "Removed the scheme login: no operation asks for it any more.",
      "The path /v2 of the server is put before every path when it is served.",
    ]);
  });

  it("can be served", async () => {
    expect((await served(annotated(PETS).text)).findings).toEqual([]);
  });

  it("does not change when it is annotated again", () => {
    const once = annotated(PETS).text;
    const twice = annotated(once);
    expect(twice.text).toBe(once);
    expect(twice.changes.filter(({ operation }) => operation !== "GET /news").map(({ message }) => message)).toEqual([
      "The path /v2 of the server is put before every path when it is served.",
    ]);
  });

  it("keeps what it declares already", () => {
    const { changes, document } = annotated(HEALTHY);
    expect(changes).toEqual([]);
    expect(document).toEqual(parseDocument(HEALTHY).toJS());
  });

  it("gets a key scheme if it has none, with a free name", async () => {
    const text = PETS.replace(/ {4}inQuery[\s\S]*/, "").replace("[{ inQuery: [] }, { inHeader: [] }, {}]", "[{}]");
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
    expect(old.document.paths["/pets"].get).toMatchObject({
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
    expect(document.security).toBeUndefined();
    expect(operationsOf(document).find(({ id }) => id === "listPets")?.scopes).toEqual(["all"]);
    expect((await served(annotated(text).text)).findings).toEqual([]);
  });
});
