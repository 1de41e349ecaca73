import { describe, expect, it } from "@jest/globals";
import { bodyJudge } from "../../../support/judges/judged-bodies.ts";

const small = { type: "integer", minimum: 0, maximum: 99 };

describe.each([
  ["with the fast path", true],
  ["without the fast path", false],
])("a body in JSON, %s", (_case, isCompiled) => {
  const judged = async (schema: unknown, text: string) => {
    const judgement = await bodyJudge(schema, {}, isCompiled)(text);
    return judgement.kind === "valid" ? judgement.body : judgement.parts;
  };

  it.each([
    [
      "what `contains` matches is evaluated, and nothing else (Core §11.2)",
      {
        allOf: [{ contains: { multipleOf: 2 } }, { contains: { multipleOf: 3 } }],
        unevaluatedItems: { multipleOf: 5 },
      },
      "[1,2,3]",
      "#/0",
    ],
    [
      "what an `if` that fails has seen is not evaluated (Core §11.3)",
      {
        if: { required: ["foo"], properties: { foo: { const: "then" } } },
        else: { required: ["baz"], properties: { baz: { type: "string" } } },
        unevaluatedProperties: false,
      },
      '{"foo":"else","baz":"x"}',
      "#/foo",
    ],
    [
      "what an alternative that fails has seen is not evaluated",
      { unevaluatedItems: { type: "boolean" }, anyOf: [{ items: { type: "string" } }, true] },
      '["yes",false]',
      "#/0",
    ],
    ["a name that all objects inherit is not there", { required: ["constructor"] }, "{}", "#/constructor"],
    ["a number counts as it is written", { maximum: 100 }, "100.000000000000000001", "#"],
    ["an integer counts as it is written", { const: 9007199254740992 }, "9007199254740993", "#"],
    ["a number inside counts as it is written", { items: { maximum: 1 } }, "[1, 1.00000000000000000001]", "#/1"],
    ["a number beyond a double is not a number", { type: "number" }, "1e400", "#"],
    ["a multiple is one of decimals", { multipleOf: 0.01 }, "123456789012345.671", "#"],
    [
      "a default does not stand in for what is required",
      { required: ["a"], properties: { a: { default: 1 } } },
      "{}",
      "#/a",
    ],
    ["a read-only property", { properties: { "a/b": { readOnly: true } } }, '{"a/b":1}', "#/a~1b"],
    ["a value too few", { type: "array", minItems: 1 }, "[]", "#"],
  ])("is refused: %s", async (_rule, schema, text, pointer) => {
    expect(await judged(schema, text)).toMatchObject([{ pointer }]);
  });

  it.each([
    [
      "an `if` without `then` that matches evaluates what it has seen",
      { if: { properties: { foo: { const: "then" } } }, else: false, unevaluatedProperties: false },
      '{"foo":"then"}',
    ],
    ["an inherited name is optional", { properties: { constructor: { type: "string" }, valueOf: small } }, "{}"],
    ["null, where the schema allows it", { type: ["object", "null"] }, "null"],
    ["a multiple of decimals", { multipleOf: 0.01 }, "19.99"],
    ["a large number where no number is asked for", { type: ["string", "number"] }, '"12345678901234567890"'],
    ["a default that is not valid is not used", { properties: { a: { ...small, default: 100 } } }, "{}"],
    ["a default that would make it too large", { maxProperties: 1, properties: { b: { const: 1 } } }, '{"a":1}'],
  ])("is admitted as it is: %s", async (_rule, schema, text) => {
    expect(await judged(schema, text)).toEqual(JSON.parse(text));
  });

  it("names every violation, up to twenty", async () => {
    const schema = { type: "object", additionalProperties: small };
    expect(await judged(schema, '{"a":"x","b":1,"c":-1}')).toEqual([
      { detail: "must be integer", pointer: "#/a" },
      { detail: "must be >= 0", pointer: "#/c" },
    ]);
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`p${index}`, "x"]));
    expect(await judged(schema, JSON.stringify(many))).toHaveLength(20);
  });

  it("gets the defaults of absent properties, at any depth and of the alternative that matches", async () => {
    const inner = { type: "object", properties: { size: { default: 1 }, kind: { const: "b" } }, required: ["kind"] };
    const schema = {
      properties: {
        list: { items: { allOf: [{ properties: { a: { default: [] } } }] } },
        one: { oneOf: [inner, { type: "string" }] },
      },
    };
    expect(await judged(schema, '{"list":[{},{"a":1}],"one":{"kind":"b"}}')).toEqual({
      list: [{ a: [] }, { a: 1 }],
      one: { kind: "b", size: 1 },
    });
  });
});

describe("a required property that is read-only", () => {
  const schemas = {
    Id: { type: "string", readOnly: true },
    Base: { type: "object", properties: { id: { $ref: "#/components/schemas/Id" } } },
    Whole: { allOf: [{ $ref: "#/components/schemas/Base" }, { required: ["id", "name"] }] },
  };
  const judge = bodyJudge({ $ref: "#/components/schemas/Whole" }, schemas);

  it("need not be there, wherever it is declared", async () => {
    expect(await judge('{"name":"a"}')).toMatchObject({ kind: "valid" });
  });

  it("must not be there, and the others must", async () => {
    expect(await judge('{"id":"a"}')).toMatchObject({
      kind: "invalid",
      parts: [{ pointer: "#/id" }, { pointer: "#/name" }],
    });
  });
});

describe("references", () => {
  it("may be a chain of 300", async () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`S${index}`, { $ref: `#/components/schemas/S${index + 1}` }]),
    );
    const judge = bodyJudge({ $ref: "#/components/schemas/S0" }, { ...schemas, S300: small });
    expect(await judge("7")).toMatchObject({ kind: "valid" });
    expect(await judge("100")).toMatchObject({ kind: "invalid" });
  });

  it("may be a chain of 300 with other keywords beside each", async () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [
        `S${index}`,
        { $ref: `#/components/schemas/S${index + 1}`, not: { const: index } },
      ]),
    );
    const judge = bodyJudge({ $ref: "#/components/schemas/S0" }, { ...schemas, S300: { type: "integer" } });
    expect(await judge("300")).toMatchObject({ kind: "valid" });
    expect(await judge("299")).toMatchObject({ kind: "invalid" });
  });

  it("to a schema that applies to itself without end admit nothing", async () => {
    const judge = bodyJudge({ $ref: "#/components/schemas/A" }, { A: { allOf: [{ $ref: "#/components/schemas/A" }] } });
    expect(await judge("1")).toMatchObject({ kind: "invalid" });
  });

  it("may be recursive", async () => {
    const Tree = { type: "object", properties: { left: { $ref: "#/components/schemas/Tree" }, size: small } };
    const judge = bodyJudge({ $ref: "#/components/schemas/Tree" }, { Tree });
    expect(await judge('{"left":{"left":{"size":1}}}')).toMatchObject({ kind: "valid" });
    expect(await judge('{"left":{"left":{"size":-1}}}')).toMatchObject({ parts: [{ pointer: "#/left/left/size" }] });
  });
});

describe("a body that a discriminator tells apart", () => {
  const judge = bodyJudge(
    { oneOf: [{ $ref: "#/components/schemas/Cat" }], discriminator: { propertyName: "kind" } },
    { Cat: { type: "object", required: ["kind"], properties: { kind: { const: "Cat" } } } },
  );

  it.each([
    ['"text"', "#"],
    ["[]", "#"],
    ["null", "#"],
    ["{}", "#/kind"],
    ['{"kind":"Dog"}', "#/kind"],
  ])("is refused where it is wrong: %s at %s", async (text, pointer) => {
    expect(await judge(text)).toMatchObject({ kind: "invalid", parts: [{ pointer }] });
  });
});
