import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { loadDocument } from "../../../src/contract/document/load.ts";
import { annotate } from "../../../src/contract/init/annotate.ts";
import { openContractFiles } from "../../../src/contract/init/contract-files.ts";
import { loadUserContract } from "../../../src/contract/user/load-user-contract.ts";
import { loadBuiltInContract } from "../../../src/service/built-in-contract.ts";
import { operationsOf, partsOf } from "../../support/model/models.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();

function aFile(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const ROOT = aFile(
  "api/openapi.yaml",
  `openapi: 3.1.0 # our API
info: { title: A, version: '1' }
paths:
  /pets: { $ref: './paths/pets.yaml' } # pets
  /news:
    get: { $ref: "paths/all.yaml#/news" }
  /other: { $ref: './paths/other.yaml' }
components:
  securitySchemes:
    login: { type: http, scheme: basic }
    Key: { type: apiKey, in: header, name: x-api-key, x-scopes: { a: May a. } }
`,
);
aFile(
  "api/paths/pets.yaml",
  `# all pets
get:
  operationId: listPets
  security: [{ login: [] }]
  responses: { '200': { $ref: '../parts.yaml#/ok' } }
`,
);
aFile("api/paths/all.yaml", "news:\n  operationId: getNews\n  responses: { '200': { description: News. } }\n");
aFile(
  "api/paths/other.yaml",
  "get: { operationId: getOther, security: [{ Key: [a] }], responses: { '200': { description: Other. } } }\n",
);
aFile("api/parts.yaml", "ok: { description: Pets. }\n");

function annotated() {
  const files = openContractFiles(ROOT, loadDocument(ROOT));
  const { document } = annotate(files.whole, { isReserved: () => false });
  return files.write(document, join(folder, "api/openapi.latchkey.yaml"));
}

describe("a contract in several files that is annotated", () => {
  it("stays in several files, of which those with changes are copied", () => {
    const texts = annotated();
    const names = [...texts.keys()].map((file) => file.slice(folder.length + 1));
    expect(names).toEqual(["api/openapi.latchkey.yaml", "api/paths/pets.latchkey.yaml", "api/paths/all.latchkey.yaml"]);
    expect(texts.get(join(folder, "api/paths/pets.latchkey.yaml"))).toBe(`# all pets
get:
  operationId: listPets
  security: [{Key: [pets:read], login: []}]
  responses: { '200': { $ref: '../parts.yaml#/ok' } }
`);
    const root = texts.get(join(folder, "api/openapi.latchkey.yaml"));
    expect(root).toContain("  /pets: { $ref: ./paths/pets.latchkey.yaml } # pets\n");
    expect(root).toContain("    get: { $ref: ./paths/all.latchkey.yaml#/news }\n");
    expect(root).toContain("  /other: { $ref: './paths/other.yaml' }\n");
  });

  it("can be served", async () => {
    for (const [file, text] of annotated()) writeFileSync(file, text);
    const own = loadBuiltInContract().document;
    const path = join(folder, "api/openapi.latchkey.yaml");
    const { contract, findings } = partsOf(await loadUserContract(path, own, { isStrict: false, hasUpstream: true }));
    expect(findings).toEqual([]);
    const scopes = new Map(operationsOf(contract.document).map((operation) => [operation.id, operation.scopes]));
    expect(["listPets", "getNews", "getOther"].map((id) => scopes.get(id))).toEqual([
      ["pets:read"],
      ["news:read"],
      ["a"],
    ]);
  });
});
