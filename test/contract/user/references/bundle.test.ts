import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { ContractUnreadable } from "../../../../src/contract/document/contract-unreadable.ts";
import { loadDocument } from "../../../../src/contract/document/load.ts";
import { bundle } from "../../../../src/contract/user/references/bundle.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const folder = temporaryFolder();
let count = 0;

/** Bundles a contract of several files; the first is the contract. */
function bundled(files: Readonly<Record<string, string>>) {
  const place = join(folder, `contract-${count++}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), text);
  }
  const path = join(place, Object.keys(files)[0] ?? "");
  const { document, lineOf, fileOf } = bundle(loadDocument(path), path);
  const placeOf = (...pointer: readonly (string | number)[]) => [
    fileOf(pointer)?.slice(place.length + 1),
    lineOf(pointer),
  ];
  return { document, placeOf };
}

function findingsIn(files: Readonly<Record<string, string>>) {
  try {
    bundled(files);
    return [];
  } catch (error) {
    if (!(error instanceof ContractUnreadable)) throw error;
    return error.findings.map(({ file, ...rest }) => ({ ...rest, ...(file && { file: file.split("/").at(-1) }) }));
  }
}

const schemas = (text: string) => `openapi: 3.1.0\ncomponents:\n  schemas:\n${text}`;

describe("a contract of many files", () => {
  const FILES = {
    "contract.yaml": [
      "openapi: 3.1.0",
      "paths:",
      "  /rounds: { $ref: ./s/rounds.yaml }",
      "components:",
      "  schemas:",
      "    Round: { $ref: ./s/Round.yaml }",
    ].join("\n"),
    "s/rounds.yaml": [
      "parameters: [{ $ref: 'parameters.yaml#/limit' }]",
      "post:",
      "  requestBody: { content: { application/json: { schema: { $ref: ./Round.yaml } } } }",
      "  responses: { '200': { $ref: ../responses.yaml#/Ok } }",
    ].join("\n"),
    "s/parameters.yaml": "limit: { name: limit, in: query, schema: { $ref: Number.yaml } }",
    "s/Round.yaml":
      "type: object\nproperties:\n  team: { description: beside, $ref: ./Points.yaml }\n  next: { $ref: '#' }",
    "s/Points.yaml": "# Points\nproperties:\n  win: { $ref: ./Number.yaml }\n  draw: { $ref: '#/properties/win' }",
    "s/Number.yaml": "{ type: number, maximum: 10 }",
    "responses.yaml": "Ok: { description: ok }",
  };

  it("becomes one document with pointers", () => {
    expect(bundled(FILES).document).toEqual({
      openapi: "3.1.0",
      paths: {
        "/rounds": {
          parameters: [{ $ref: "#/components/parameters/limit" }],
          post: {
            requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Round" } } } },
            responses: { "200": { $ref: "#/components/responses/Ok" } },
          },
        },
      },
      components: {
        schemas: {
          Round: {
            type: "object",
            properties: {
              team: { description: "beside", $ref: "#/components/schemas/Points" },
              next: { $ref: "#/components/schemas/Round" },
            },
          },
          Points: {
            properties: { win: { $ref: "#/components/schemas/Number" }, draw: { $ref: "#/components/schemas/win" } },
          },
          Number: { type: "number", maximum: 10 },
          win: { $ref: "#/components/schemas/Number" },
        },
        parameters: { limit: { name: "limit", in: "query", schema: { $ref: "#/components/schemas/Number" } } },
        responses: { Ok: { description: "ok" } },
      },
    });
  });

  it("keeps the file and line of each part", () => {
    const { placeOf } = bundled(FILES);
    expect(placeOf("openapi")).toEqual([undefined, 1]);
    expect(placeOf("paths", "/rounds", "post", "responses")).toEqual(["s/rounds.yaml", 4]);
    expect(placeOf("components", "schemas", "Round", "properties", "next")).toEqual(["s/Round.yaml", 4]);
    expect(placeOf("components", "schemas", "Points", "properties", "win")).toEqual(["s/Points.yaml", 3]);
    expect(placeOf("components", "parameters", "limit", "schema")).toEqual(["s/parameters.yaml", 1]);
  });

  it("may have whole maps in other files, and references without the end of a file's name", () => {
    const { document } = bundled({
      "contract.yaml": "openapi: 3.1.0\npaths: { $ref: paths }\ncomponents: { schemas: { $ref: all.json } }",
      "paths.yaml": "/a: { get: { responses: { 200: { description: ok } } } }",
      "all.json": '{ "A": { "items": { "$ref": "#/B" } }, "B": {} }',
    });
    expect(document).toEqual({
      openapi: "3.1.0",
      paths: { "/a": { get: { responses: { 200: { description: "ok" } } } } },
      components: { schemas: { A: { items: { $ref: "#/components/schemas/B" } }, B: {} } },
    });
  });

  it("gives another name to what has that of a component", () => {
    const { document } = bundled({
      "contract.yaml": schemas("    A: { items: { $ref: 'other.yaml#/A' } }"),
      "other.yaml": "A: { type: string }",
    });
    expect(document["components"]).toEqual({
      schemas: { A: { items: { $ref: "#/components/schemas/A2" } }, A2: { type: "string" } },
    });
  });

  it("may have pointers that lead through references", () => {
    const text = [
      "    A: { properties: { b: { $ref: '#/components/schemas/B' } } }",
      "    B: { properties: { c: { $ref: 'c.yaml' } } }",
      "    D: { $ref: '#/components/schemas/A/properties/b/properties/c/items' }",
    ].join("\n");
    expect(bundled({ "contract.yaml": schemas(text), "c.yaml": "items: { type: string }" }).document).toMatchObject({
      components: { schemas: { D: { $ref: "#/components/schemas/items" }, items: { type: "string" } } },
    });
  });

  it("names the file and line of each reference that leads nowhere", () => {
    const files = {
      ...FILES,
      "s/Points.yaml": "a: 1\nproperties: { win: { $ref: Nowhere.yaml } }\nitems: { $ref: '#/x' }",
    };
    expect(findingsIn(files)).toEqual([
      { file: "Points.yaml", line: 2, message: expect.stringMatching(/Nowhere\.yaml does not exist/) },
      { file: "Points.yaml", line: 3, message: "#/x does not exist: correct the reference" },
    ]);
  });

  it("names what is wrong in a file once, at its place", () => {
    const [first, ...others] = findingsIn({ ...FILES, "responses.yaml": "Ok: 1\nOk: 2\n" });
    expect(first).toEqual({ file: "responses.yaml", line: 2, message: "the key Ok is here twice: remove one" });
    expect(others).toEqual([]);
  });

  it("must not have a path that contains itself", () => {
    const files = {
      "contract.yaml": "openapi: 3.1.0\npaths: { /a: { $ref: a.yaml } }",
      "a.yaml": "get: { callbacks: { again: { '{$url}': { $ref: a.yaml } } } }",
    };
    expect(findingsIn(files)).toEqual([
      { file: "a.yaml", line: 1, message: "this reference leads to itself: remove it" },
    ]);
  });
});

describe("the names of schemas", () => {
  it.each([
    ["an anchor", "    A: { $anchor: a, type: string }\n    B: { $ref: '#a' }", "#/components/schemas/A"],
    [
      "an id",
      "    A: { $id: 'https://e.example/a' }\n    B: { $ref: 'https://e.example/a' }",
      "#/components/schemas/A",
    ],
    [
      "a relative id",
      "    A: { $id: 'https://e.example/a', items: { $ref: 'b#/not' } }\n    B: { $id: 'https://e.example/b', $ref: 'a', not: {} }",
      "#/components/schemas/A",
    ],
    [
      "an anchor in a schema with an id",
      "    A: { $id: 'a', $defs: { x: { $anchor: x } } }\n    B: { $ref: 'a#x' }",
      "#/components/schemas/A/$defs/x",
    ],
    [
      "a dynamic anchor that is the only one",
      "    A: { $dynamicAnchor: a }\n    B: { $dynamicRef: '#a' }",
      "#/components/schemas/A",
    ],
    ["the root of a schema with an id", "    B: { $id: 'b', properties: { next: { $ref: '#' } } }", undefined],
  ])("become pointers: %s", (_case, text, pointer) => {
    const { components } = bundled({ "contract.yaml": schemas(text) }).document as never as {
      components: { schemas: { B: object } };
    };
    expect(JSON.stringify(components)).not.toMatch(/\$id|\$anchor|\$dynamic/);
    if (pointer === undefined)
      expect(components.schemas.B).toEqual({ properties: { next: { $ref: "#/components/schemas/B" } } });
    else expect(components.schemas.B).toMatchObject({ $ref: pointer });
  });

  it("are kept where it depends on the value which schema is meant", () => {
    const text = [
      "    List: { $id: list, items: { $dynamicRef: '#item' }, $defs: { any: { $dynamicAnchor: item } } }",
      "    Texts: { $id: texts, $ref: list, $defs: { text: { $dynamicAnchor: item, type: string } } }",
    ].join("\n");
    expect(bundled({ "contract.yaml": schemas(text) }).document).toMatchObject({
      components: {
        schemas: {
          List: { $id: "list", items: { $dynamicRef: "#/components/schemas/List/$defs/any" } },
          Texts: { $id: "texts", $ref: "#/components/schemas/List" },
        },
      },
    });
  });

  it("mean nothing in examples and constants", () => {
    const text = "    A: { const: { $id: x, $ref: nowhere.yaml }, examples: [{ $anchor: a }], $anchor: a }";
    expect(bundled({ "contract.yaml": schemas(text) }).document).toMatchObject({
      components: { schemas: { A: { const: { $id: "x", $ref: "nowhere.yaml" }, examples: [{ $anchor: "a" }] } } },
    });
  });

  it("in the mapping of a discriminator may be files", () => {
    const files = {
      "contract.yaml": schemas(
        "    Pet: { oneOf: [{ $ref: Cat.yaml }], discriminator: { propertyName: kind, mapping: { cat: Cat.yaml, dog: Dog } } }",
      ),
      "Cat.yaml": "type: object",
    };
    expect(bundled(files).document).toMatchObject({
      components: {
        schemas: {
          Pet: {
            oneOf: [{ $ref: "#/components/schemas/Cat" }],
            discriminator: { mapping: { cat: "#/components/schemas/Cat", dog: "Dog" } },
          },
        },
      },
    });
  });
});
