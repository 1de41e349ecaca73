import { describe, expect, it } from "@jest/globals";
import type { JsonObject } from "../../../../src/contract/document/json.ts";
import { toOpenApiDocument } from "../../../../src/contract/document/openapi-document.ts";
import type { FormField } from "../../../../src/contract/judge/bodies/form/form-field.ts";
import { createFormReader } from "../../../../src/contract/judge/bodies/form/form-reader.ts";

const SCHEMAS = {
  Count: { type: "integer", minimum: 1 },
  Named: { properties: { name: { type: "string", maxLength: 5 } } },
  Node: { type: "object", properties: { n: { type: "integer" }, next: { $ref: "#/components/schemas/Node" } } },
};

const PROPERTIES = {
  n: { type: "integer" },
  x: { type: "number" },
  is: { type: "boolean" },
  text: { type: "string" },
  none: { type: ["integer", "null"] },
  either: { anyOf: [{ type: "integer" }, { type: "string" }] },
  choice: { enum: [1, 2] },
  tags: { type: "array", items: { type: "string" } },
  counts: { type: "array", items: { $ref: "#/components/schemas/Count" } },
  point: { type: "object", properties: { x: { type: "integer" }, y: { type: "integer" } } },
  points: { type: "array", items: { type: "object", properties: { x: { type: "integer" } } } },
  deep: { $ref: "#/components/schemas/Node" },
  meta: {
    anyOf: [
      { type: "object", additionalProperties: { type: "integer" } },
      { type: "string", enum: [""] },
    ],
  },
  "ids[]": { type: "array", items: { type: "integer" } },
  csv: { type: "array", items: { type: "integer" } },
  pipes: { type: "array", items: { type: "integer" } },
  json: { type: "array", items: { type: "integer" } },
  short: { type: "string", maxLength: 5 },
  two_words: { type: "integer" },
  file: { type: "string", format: "binary", minLength: 2, maxLength: 10 },
  files: { type: "array", items: { type: "string", format: "binary" } },
  png: { type: "string", contentMediaType: "image/png" },
};

const ENCODING = {
  csv: { explode: false },
  pipes: { style: "pipeDelimited" },
  json: { contentType: "application/json" },
  png: { contentType: "image/png, image/jpeg" },
};

function readerOf(schema: JsonObject) {
  return createFormReader(toOpenApiDocument({ components: { schemas: SCHEMAS } }), { schema, encoding: ENCODING });
}

const READER = readerOf({
  type: "object",
  allOf: [{ $ref: "#/components/schemas/Named" }],
  properties: PROPERTIES,
});

/** The value of a form, or the pointer to what is wrong with it. */
async function read(query: string, reader = READER): Promise<unknown> {
  const fields = [...new URLSearchParams(query)].map(([name, text]) => ({ name, text }));
  return readFields(fields, reader);
}

async function readFields(fields: readonly FormField[], reader = READER): Promise<unknown> {
  const outcome = await reader.read(fields);
  return outcome.kind === "read" ? outcome.value : outcome.part.pointer;
}

describe("the fields of a form", () => {
  it.each<[string, unknown]>([
    ["n=5", { n: 5 }],
    ["x=1.5", { x: 1.5 }],
    ["is=true", { is: true }],
    ["is=false", { is: false }],
    ["text=5", { text: "5" }],
    ["text=", { text: "" }],
    ["none=", { none: null }],
    ["none=7", { none: 7 }],
    ["either=5", { either: 5 }],
    ["either=a", { either: "a" }],
    ["choice=2", { choice: 2 }],
    ["name=Ada", { name: "Ada" }],
    ["tags=a", { tags: ["a"] }],
    ["tags=a&tags=b%2Cc", { tags: ["a", "b,c"] }],
    ["tags[]=a&tags[]=b", { tags: ["a", "b"] }],
    ["tags[1]=b&tags[0]=a", { tags: ["a", "b"] }],
    ["counts=1&counts=2", { counts: [1, 2] }],
    ["ids[]=1&ids[]=2", { "ids[]": [1, 2] }],
    ["csv=1%2C2", { csv: [1, 2] }],
    ["csv=1,2", { csv: [1, 2] }],
    ["csv=", { csv: [] }],
    ["pipes=1|2", { pipes: [1, 2] }],
    ["json=[1,2]", { json: [1, 2] }],
    ['point={"x":1}', { point: { x: 1 } }],
    ["point[x]=1&point[y]=2", { point: { x: 1, y: 2 } }],
    ['points={"x":1}&points={"x":2}', { points: [{ x: 1 }, { x: 2 }] }],
    ["points[0][x]=1&points[1][x]=2", { points: [{ x: 1 }, { x: 2 }] }],
    ["deep[n]=1&deep[next][n]=2", { deep: { n: 1, next: { n: 2 } } }],
    ["meta[a]=1", { meta: { a: 1 } }],
    ["meta=", { meta: "" }],
    ["other=1&more=a&more=b", { other: "1", more: ["a", "b"] }],
    ["other[a]=1", { "other[a]": "1" }],
    ["constructor=1", { constructor: "1" }],
  ])("%s have the types of their properties", async (query, value) => expect(await read(query)).toEqual(value));

  it.each([
    ["n=five", "#/n"],
    ["n=1.5", "#/n"],
    ["n=", "#/n"],
    ["n=0x5", "#/n"],
    ["n=1e2", "#/n"],
    ["n=%205", "#/n"],
    ["x=0x1", "#/x"],
    ["is=on", "#/is"],
    ["is=True", "#/is"],
    ["is=1", "#/is"],
    ["choice=one", "#/choice"],
    ["n=1&n=2", "#/n"],
    ["text=a&text=b", "#/text"],
    ["n[]=1", "#/n"],
    ["n[a]=1", "#/n"],
    ["counts=1&counts=a", "#/counts/1"],
    ["counts[0]=a", "#/counts/0"],
    ["csv=1,a", "#/csv/1"],
    ["json=[1", "#/json"],
    ['json={"a":1,"a":2}', "#/json"],
    ["point=1", "#/point"],
    ["point[x]=a", "#/point/x"],
    ['point={"x":1}&point[y]=2', "#/point"],
    ["points[0][x]=a", "#/points/0/x"],
    ["meta[a]=b", "#/meta/a"],
    ["tags[a]=b", "#/tags"],
  ])("%s are refused with a pointer", async (query, pointer) => expect(await read(query)).toBe(pointer));

  it.each([
    "__proto__=1",
    "__proto__[a]=1",
    "point[__proto__][a]=1",
    "constructor[prototype][a]=1",
    `deep${"[next]".repeat(40)}=1`,
  ])("%s are refused, because no form needs such a name", async (query) => {
    expect(await read(query)).toMatch(/^#\//);
    expect(Object.hasOwn(Object.prototype, "a")).toBe(false);
  });

  it.each([
    "n[=1",
    "n[x=1",
    "point[x]y=1",
    "n%20=1",
    "+n=1",
    "%09n=1",
    "two.words=1",
    "two+words=1",
    "+two.words[a]=1",
  ])("%s are refused, because some programs read a declared name", async (query) =>
    expect(await read(query)).toMatch(/^#\//),
  );

  it.each(["_method=DELETE", "+_method=DELETE", ".method=DELETE", "_method[=DELETE"])(
    "%s is refused, because some programs read another method",
    async (query) => expect(await read(query)).toMatch(/^#\//),
  );

  it("may choose a method where that is declared", async () => {
    const reader = readerOf({ type: "object", properties: { _method: { enum: ["DELETE"] } } });
    expect(await read("_method=DELETE", reader)).toEqual({ _method: "DELETE" });
  });

  it("may have any declared name", async () => {
    const reader = readerOf({
      type: "object",
      properties: JSON.parse('{"__proto__":{"type":"integer"},"a~/b":{"type":"integer"}}'),
    });
    const value = await read("__proto__=1", reader);
    expect(Object.entries(value as object)).toEqual([["__proto__", 1]]);
    expect(await read("a~/b=x", reader)).toBe("#/a~0~1b");
  });

  it("are converted as additional properties too", async () => {
    expect(await read("a=1", readerOf({ additionalProperties: { type: "integer" } }))).toEqual({ a: 1 });
    expect(await read("a=x", readerOf({ additionalProperties: { type: "integer" } }))).toBe("#/a");
  });
});

const file = (name: string, unreadBytes: number, contentType?: string): FormField => ({
  name,
  text: "",
  isFile: true,
  unreadBytes,
  contentType,
});

describe("the files of a form", () => {
  it.each([
    ["file", true, "size"],
    ["file", false, "size"],
    ["files", true, "size"],
    ["files[]", true, "size"],
    ["png", true, "size"],
    ["text", true, "size"],
    ["text", false, "if-small"],
    ["short", true, "text"],
    ["n", true, "text"],
    ["point", true, "text"],
    ["other", true, "size"],
    ["other", false, "if-small"],
  ])("are not read where nothing is said about their content: %s %s", (name, isFile, content) =>
    expect(READER.contentOf({ name, isFile })).toBe(content),
  );

  it("are there, for the rest of the schema", async () => {
    expect(await readFields([file("file", 5), file("files", 1), file("files", 2)])).toEqual({
      file: "  ",
      files: ["", ""],
    });
  });

  it.each([1, 11])("have their bytes counted: not %d of 2 to 10", async (bytes) =>
    expect(await readFields([file("file", bytes)])).toBe("#/file"),
  );

  it.each([
    ["image/png", undefined],
    ["IMAGE/JPEG; q=1", undefined],
    [undefined, undefined],
    ["image/gif", "#/png"],
    ["png", "#/png"],
  ])("have a declared media type: %s", async (contentType, pointer) => {
    const value = await readFields([file("png", 1, contentType)]);
    expect(typeof value === "string" ? value : undefined).toBe(pointer);
  });

  it.each(["n", "short", "is"])("are not accepted in place of a field: %s", async (name) => {
    expect(await readFields([{ name, text: "1", isFile: true }])).toBe(`#/${name}`);
  });

  it("may be JSON, which browsers send as a file", async () => {
    const fields = [{ name: "point", text: '{"x":1}', isFile: true, contentType: "application/json" }];
    expect(await readFields(fields)).toEqual({ point: { x: 1 } });
    expect(await readFields([{ name: "points", text: '[{"x":1}]', contentType: "application/json" }])).toEqual({
      points: [{ x: 1 }],
    });
  });

  it("must not be sent twice for one property", async () => {
    expect(await readFields([file("file", 5), file("file", 5)])).toBe("#/file");
  });
});
