import { describe, expect, it } from "@jest/globals";
import type { JsonObject } from "../../../../src/contract/document/json.ts";
import { toOpenApiDocument } from "../../../../src/contract/document/openapi-document.ts";
import { evaluatesRepeatedly } from "../../../../src/contract/judge/schemas/repeats.ts";
import { bodyJudge } from "../../../support/judges/judged-bodies.ts";

const to = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const LEVELS = 40;

/** `leaf` inside of 40 objects with one property. */
function nested(leaf: unknown, more: (level: number) => object = () => ({})): string {
  let value = leaf;
  for (let level = 0; level < LEVELS; level++) value = { of: value, ...more(level) };
  return JSON.stringify(value);
}

/** Without a memory, each of these would take hours: the tests would not end. */
describe.each([
  ["with the fast path", true],
  ["without the fast path", false],
])("a body whose schema refers to one schema in several ways, %s", (_case, isCompiled) => {
  const operation = (op: string) => ({
    type: "object",
    required: ["of", "op"],
    properties: { of: to("Expression"), op: { const: op } },
  });
  const SCHEMAS = {
    Expression: { oneOf: [to("Not"), to("Minus"), to("Value")] },
    Not: operation("not"),
    Minus: operation("minus"),
    Value: { type: "object", required: ["value"], properties: { value: { type: "integer" } } },
  };
  const OPERATION = (level: number) => ({ op: level % 2 === 0 ? "not" : "minus" });

  it("is judged in one look at each level", async () => {
    const judge = bodyJudge(to("Expression"), SCHEMAS, isCompiled);
    expect(await judge(nested({ value: 1 }, OPERATION))).toMatchObject({ kind: "valid" });
    expect(await judge(nested({ value: "x" }, OPERATION))).toMatchObject({ kind: "invalid" });
    expect(await judge('{"of":{"value":"x"},"op":"not"}')).toMatchObject({
      parts: expect.arrayContaining([expect.objectContaining({ pointer: "#/of/value" })]),
    });
  });

  it("is judged so where alternatives close an object", async () => {
    const branch = { unevaluatedProperties: false, properties: { of: to("Un") } };
    const judge = bodyJudge(to("Un"), { Un: { anyOf: [branch, { ...branch, title: "other" }] } }, isCompiled);
    expect(await judge(nested({}))).toMatchObject({ kind: "valid" });
    expect(await judge(nested({ other: 1 }))).toMatchObject({ kind: "invalid" });
  });

  it("is judged so where schemas are doubled, and not the body", async () => {
    const doubled = Array.from({ length: LEVELS }, (_, index) => [
      `S${index}`,
      { allOf: [to(`S${index + 1}`), to(`S${index + 1}`)] },
    ]);
    const schemas = { ...Object.fromEntries(doubled), [`S${LEVELS}`]: { type: "integer" } };
    const judge = bodyJudge(to("S0"), schemas, isCompiled);
    expect(await judge("1")).toMatchObject({ kind: "valid" });
    expect(await judge('"x"')).toMatchObject({ kind: "invalid" });
  });

  it("gets its defaults in one look at each level", async () => {
    const branch = { properties: { of: to("Un"), more: { default: 1 } } };
    const judge = bodyJudge(to("Un"), { Un: { anyOf: [branch, { ...branch, title: "other" }] } }, isCompiled);
    const judgement = await judge(nested({}));
    expect(JSON.stringify(judgement).split('"more":1')).toHaveLength(LEVELS + 2);
  });

  it("remembers what was evaluated, for what closes the object around it", async () => {
    const A = { properties: { a: { type: "integer" } }, allOf: [to("B")] };
    const schema = { anyOf: [to("A"), to("A")], allOf: [to("A")], unevaluatedProperties: false };
    const judge = bodyJudge(schema, { A, B: { properties: { b: true } } }, isCompiled);
    expect(await judge('{"a":1,"b":2}')).toMatchObject({ kind: "valid" });
    expect(await judge('{"a":1,"c":2}')).toMatchObject({ parts: [{ pointer: "#/c" }] });
  });
});

describe("functions that remember nothing", () => {
  const repeats = (schemas: JsonObject) => evaluatesRepeatedly(toOpenApiDocument({ components: { schemas } }), to("A"));

  it.each<[string, JsonObject]>([
    ["two alternatives contain the whole", { A: { oneOf: [{ properties: { of: to("A") } }, { items: to("A") }] } }],
    ["it is so through others", { A: { anyOf: [to("B"), to("C")] }, B: { items: to("A") }, C: { contains: to("B") } }],
    ["a property has two schemas", { A: { properties: { a: to("A") }, patternProperties: { "^a": to("A") } } }],
    [
      "schemas are doubled ten times",
      Object.fromEntries(
        "ABCDEFGHIJK".split("").map((name, index) => {
          const next = to("ABCDEFGHIJKL".charAt(index + 1));
          return [name, { allOf: [next, next] }];
        }),
      ),
    ],
  ])("evaluate a part repeatedly where %s", (_, schemas) => {
    expect(repeats({ L: { type: "string", $ref: "#/components/schemas/M" }, M: {}, ...schemas })).toBe(true);
  });

  it.each<[string, JsonObject]>([
    ["each property contains the whole", { A: { properties: { left: to("A"), right: to("A") } } }],
    ["one alternative does", { A: { oneOf: [{ type: "string" }, { items: to("A") }] } }],
    ["alternatives contain others", { A: { oneOf: [to("B"), to("C")] }, B: { items: to("C") }, C: {} }],
    ["properties or others contain the whole", { A: { properties: { a: to("A") }, additionalProperties: to("A") } }],
  ])("do not where %s", (_, schemas) => {
    expect(repeats(schemas)).toBe(false);
  });
});
