import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { pathTo } from "../../../../src/contract/judge/exact/evaluation.ts";
import { createEvaluator } from "../../../../src/contract/judge/exact/evaluator.ts";
import { toOutline } from "../../../../src/contract/model/outline.ts";
import { runs } from "../../../support/runs.ts";

const { document } = toOutline({ openapi: "3.1.1", components: { schemas: {} } });

/** What is wrong with a value, judged at once and in slices as small as possible, and how many of these there were. */
async function judged(schema: unknown, value: unknown) {
  const evaluation = createEvaluator(document, "readOnly").of(schema);
  let pauses = 0;
  const pause = async () => void pauses++;
  const sliced = await evaluation.violationsInSlices(value, { pause, steps: 1 });
  return { atOnce: toTexts(evaluation.violationsOf(value)), sliced: toTexts(sliced), pauses };
}

function toTexts(
  violations: Awaited<ReturnType<ReturnType<ReturnType<typeof createEvaluator>["of"]>["violationsInSlices"]>>,
) {
  return violations.map(({ place, message }) => `#${pathTo(place)} ${message}`);
}

const leaf = fc.constantFrom<unknown>(
  ...[{ type: "integer" }, { type: "string", maxLength: 2 }, { enum: [1, "a", null] }, { maximum: 3 }, true, false, {}],
);

const { schema: SCHEMAS } = fc.letrec<{ schema: unknown }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record(
      {
        items: tie("schema"),
        prefixItems: fc.array(tie("schema"), { maxLength: 2 }),
        contains: tie("schema"),
        maxContains: fc.nat(300),
        uniqueItems: fc.boolean(),
        unevaluatedItems: tie("schema"),
      },
      { requiredKeys: [] },
    ),
    fc.record(
      {
        properties: fc.dictionary(fc.constantFrom("a", "b", "p1"), tie("schema"), { maxKeys: 2 }),
        patternProperties: fc.dictionary(fc.constantFrom("^p", "1$"), tie("schema"), { maxKeys: 2 }),
        additionalProperties: tie("schema"),
        propertyNames: leaf,
        unevaluatedProperties: tie("schema"),
        maxProperties: fc.nat(400),
      },
      { requiredKeys: [] },
    ),
    fc.record(
      {
        allOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }),
        anyOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }),
        oneOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }),
        not: tie("schema"),
        if: tie("schema"),
        // biome-ignore lint/suspicious/noThenProperty: it is a keyword
        then: tie("schema"),
        unevaluatedItems: tie("schema"),
        unevaluatedProperties: tie("schema"),
      },
      { requiredKeys: [] },
    ),
  ),
}));

/** Lists and objects that take several chunks, with few parts that differ. */
const wide = (part: fc.Arbitrary<unknown>) =>
  fc.oneof(
    fc
      .tuple(fc.array(part, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 700 }))
      .map(([parts, count]) => Array.from({ length: count }, (_, at) => parts[(at * at) % parts.length])),
    fc
      .tuple(fc.array(part, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 500 }))
      .map(([parts, count]) =>
        Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, parts[(at * at) % parts.length]])),
      ),
  );
const scalar = fc.constantFrom<unknown>(1, 2, 4, 1.5, "a", "abc", null, true);
const small = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(fc.constantFrom("a", "p1"), scalar));
const VALUES = fc.oneof(
  wide(small),
  fc.record({ a: wide(small), p1: wide(scalar) }),
  wide(wide(scalar).filter((one) => JSON.stringify(one).length < 500)),
);

describe("an evaluation in slices", () => {
  it("finds what one without a stop finds, whatever the schema and the value", async () => {
    await fc.assert(
      fc.asyncProperty(SCHEMAS, VALUES, async (schema, value) => {
        const { atOnce, sliced } = await judged(schema, value);
        expect(sliced).toEqual(atOnce);
      }),
      { numRuns: runs(400) },
    );
  });

  const item = { type: "object", properties: { id: { type: "integer" } }, additionalProperties: false };
  const many = (last: unknown) => [...Array.from({ length: 5_000 }, (_, id) => ({ id })), last];

  it.each<[keyword: string, schema: object, value: unknown]>([
    ["items", { items: item }, many({ id: "x" })],
    ["items in lists", { items: { items: { items: { type: "integer" } } } }, [[[...Array(5_000).keys(), "x"]]]],
    ["prefixItems", { prefixItems: [true, { items: item }] }, [1, many(1)]],
    ["unevaluatedItems", { unevaluatedItems: item }, many({ id: "x" })],
    ["contains", { contains: { const: 7 } }, many(8)],
    ["uniqueItems", { uniqueItems: true }, many({ id: 1 })],
    ["anyOf", { anyOf: [{ items: item }, { items: { type: "string" } }] }, many({ id: "x" })],
    ["not", { not: { items: item } }, many({ id: 1.0 })],
    ["additionalProperties", { additionalProperties: item }, { ...many(1) }],
    ["patternProperties", { patternProperties: { "^5": { type: "null" }, "": item } }, { ...many(1) }],
    ["unevaluatedProperties", { unevaluatedProperties: item }, { ...many(1) }],
    ["propertyNames", { propertyNames: { pattern: "^([0-9]{1,3}|[0-4][0-9]{3})$" } }, { ...many(1) }],
  ])("stops in %s, after some hundred steps", async (_, schema, value) => {
    const { atOnce, sliced, pauses } = await judged(schema, value);
    expect(sliced).toEqual(atOnce);
    expect(atOnce.length).toBeGreaterThan(0);
    expect(pauses).toBeGreaterThan(5);
  });

  it("ends at once for a small value", () => {
    const { violationsInSlices } = createEvaluator(document, "readOnly").of({ items: item });
    expect(violationsInSlices([{ id: 1 }])).toEqual([]);
  });
});
