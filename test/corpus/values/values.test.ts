import { describe, expect, it } from "@jest/globals";
import { dialectOf } from "./dialect.ts";
import { nearMissesOf } from "./near-misses.ts";
import { createRandom } from "./random.ts";
import { violationsOf } from "./schema-check.ts";
import { generateValue } from "./values.ts";

const DOCUMENT = {
  openapi: "3.0.3",
  components: {
    schemas: {
      Pet: {
        type: "object",
        additionalProperties: false,
        required: ["id", "name", "kind"],
        properties: {
          id: { $ref: "#/components/schemas/Id" },
          name: { type: "string", minLength: 2, maxLength: 5 },
          kind: { type: "string", enum: ["cat", "dog"] },
          age: { type: "integer", minimum: 0, maximum: 30, exclusiveMaximum: true, nullable: true },
          tags: { type: "array", items: { type: "string", pattern: "^[a-z]+$" }, maxItems: 3, uniqueItems: true },
          owner: { oneOf: [{ type: "string" }, { $ref: "#/components/schemas/Pet" }] },
        },
      },
      Id: { type: "integer", readOnly: true },
    },
  },
};
const PET = { $ref: "#/components/schemas/Pet" };
const dialect = dialectOf(DOCUMENT);
const FIDO = { name: "Fido", kind: "dog", age: 3, tags: ["a", "b"] };

describe("the check of a generated value", () => {
  it.each([
    ["nothing", {}, []],
    ["a text that is too short", { name: "F" }, [["minLength", "name"]]],
    ["a text that is too long", { name: "Fidooo" }, [["maxLength", "name"]]],
    ["a value outside an enum", { kind: "cow" }, [["enum", "kind"]]],
    ["an exclusive bound", { age: 30 }, [["exclusiveMaximum", "age"]]],
    ["null where it is allowed", { age: null }, []],
    ["an item that does not match", { tags: ["a", "B"] }, [["pattern", "tags/1"]]],
    ["equal items", { tags: ["a", "a"] }, [["uniqueItems", "tags"]]],
    ["an undeclared property", { more: 1 }, [["additionalProperties", "more"]]],
    ["a property that only responses have", { id: 1 }, [["readOnly", "id"]]],
    [
      "no branch",
      { owner: 1 },
      [
        ["oneOf", "owner"],
        ["type", "owner"],
        ["type", "owner"],
      ],
    ],
  ])("finds %s", (_, differences, expected) => {
    const found = violationsOf(dialect, PET, { ...FIDO, ...differences });
    expect(found.map(({ keyword, path }) => [keyword, path.join("/")])).toEqual(expected);
  });

  it("finds what is missing, but for what only responses have", () => {
    expect(violationsOf(dialect, PET, {}).map(({ path }) => path.join("/"))).toEqual(["name", "kind"]);
  });
});

describe("generated values", () => {
  it.each(["required", "some", "all"] as const)("are valid with %s of what is optional", (extent) => {
    for (let seed = 0; seed < 100; seed++) {
      const value = generateValue(dialect, PET, { random: createRandom(String(seed)), extent });
      expect(violationsOf(dialect, PET, value)).toEqual([]);
    }
  });

  it("break one keyword each, and each keyword of the schema", () => {
    const misses = nearMissesOf(dialect, PET, FIDO);
    for (const { value, violations } of misses) {
      expect(violationsOf(dialect, PET, value)).toEqual(violations);
      expect(violations).not.toEqual([]);
    }
    const keywords = new Set(misses.map(({ keyword }) => keyword));
    expect([...keywords].sort()).toEqual(
      [
        "additionalProperties",
        "enum",
        "exclusiveMaximum",
        "maxItems",
        "maxLength",
        "minLength",
        "minimum",
        "pattern",
        "required",
        "type",
        "uniqueItems",
      ].sort(),
    );
  });
});
