import { describe, expect, it } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { fullFormats } from "ajv-formats/dist/formats.js";
import type { Pointer } from "../../../src/contract/document/finding.ts";
import { asList, asRecord, isRecord, type JsonObject, resolve } from "../../../src/contract/document/json.ts";
import { type FoundOperation, toOutline } from "../../../src/contract/model/outline.ts";
import { isProblemCode, PROBLEMS, type ProblemCode } from "../../../src/problem/catalog.ts";
import { loadBuiltInContract } from "../../../src/service/built-in-contract.ts";

const { document, text } = loadBuiltInContract();
const operations = toOutline(document).operations;
const schemas = Object.entries(asRecord(asRecord(document["components"])["schemas"]));
const toText = (pointer: Pointer) => `#/${pointer.join("/")}`;

const SHOWN = ["example", "examples", "default"];
const hasNames = (pointer: Pointer) => ["properties", "responses"].includes(String(pointer.at(-1)));

/** Every object of the contract, with its pointer. */
const places = placesIn(document);

/** The examples of an object, listed or named, and its default, which counts as one. */
function shownAt(node: JsonObject): readonly unknown[] {
  const named = Object.values(asRecord(node["examples"])).map((example) => resolve(document, example)?.["value"]);
  const single = ["example", "default"].flatMap((word) => (word in node ? [node[word]] : []));
  return [...single, ...asList(node["examples"]), ...named];
}

function placesIn(node: unknown, pointer: Pointer = []): readonly (readonly [Pointer, JsonObject])[] {
  if (Array.isArray(node)) return node.flatMap((item, index) => placesIn(item, [...pointer, `${index}`]));
  if (!isRecord(node)) return [];
  // Examples are values, not parts of the contract. A property or response with such a name is a part of it.
  const inside = Object.entries(node).filter(([name]) => hasNames(pointer) || !SHOWN.includes(name));
  return [[pointer, node], ...inside.flatMap(([name, child]) => placesIn(child, [...pointer, name]))];
}

/** The parameters, the body and the responses of an operation. */
function partsOf(found: FoundOperation): readonly (readonly [name: string, part: JsonObject])[] {
  const { responses, requestBody } = found.operation;
  const parameters = found.parameters.map(({ parameter }) => [String(parameter["name"]), parameter]);
  const others = Object.entries({ ...asRecord(responses), ...(requestBody !== undefined && { requestBody }) });
  return [...parameters, ...others].map(([name, part]) => [String(name), resolve(document, part) ?? {}]);
}

/** The objects with a schema: a parameter itself, or the contents and headers of a body or response. */
function holdersOf(part: JsonObject): readonly JsonObject[] {
  const inside = [...Object.values(asRecord(part["content"])), ...Object.values(asRecord(part["headers"]))];
  return "schema" in part ? [part] : inside.map((holder) => resolve(document, holder) ?? {});
}

const isShown = (holder: JsonObject) =>
  shownAt(holder).length > 0 || shownAt(resolve(document, holder["schema"]) ?? {}).length > 0;

describe("each operation of the contract", () => {
  it.each(operations.map((found): [string, FoundOperation] => [String(found.operation["operationId"]), found]))(
    "describes what %s does, takes and returns, with examples",
    (_, found) => {
      const { summary, description } = found.operation;
      expect([summary, description]).toEqual([expect.stringMatching(/./), expect.stringMatching(/\.$/m)]);
      const parts = partsOf(found);
      expect(parts.filter(([, part]) => !part["description"]).map(([name]) => name)).toEqual([]);
      expect(parts.filter(([, part]) => !holdersOf(part).every(isShown)).map(([name]) => name)).toEqual([]);
    },
  );
});

describe("each schema of the contract", () => {
  it.each(schemas)("describes %s and has an example", (_, schema) => {
    expect(schema).toMatchObject({ description: expect.stringMatching(/\.$/m), examples: expect.any(Array) });
    for (const [name, property] of Object.entries(asRecord(asRecord(schema)["properties"]))) {
      const { description, type, items, ...rest } = resolve(document, property) ?? {};
      expect({ name, description }).toEqual({ name, description: expect.stringMatching(/./) });
      const shown = type === "array" ? (resolve(document, items) ?? {}) : rest;
      expect({ name, shown: shownAt(shown).length }).not.toEqual({ name, shown: 0 });
    }
  });
});

describe("each example of the contract", () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { ...fullFormats, int32: true, int64: true } });
  ajv.addSchema(document, "contract");
  const shown = places.flatMap(([pointer, node]) => {
    if (hasNames(pointer)) return [];
    const place = "schema" in node ? [...pointer, "schema"] : pointer;
    return shownAt(node).map((value) => ({ place, value }));
  });

  it("is valid against its schema", () => {
    const wrong = shown.flatMap(({ place, value }) => {
      const steps = place.map((step) => encodeURIComponent(String(step).replaceAll("~", "~0").replaceAll("/", "~1")));
      const validate = ajv.compile({ $ref: `contract#/${steps.join("/")}` });
      return validate(value) ? [] : [{ place: toText(place), value, errors: ajv.errorsText(validate.errors) }];
    });
    expect(wrong).toEqual([]);
  });

  it("is found anywhere in the contract", () => {
    expect(shown.length).toBeGreaterThan(150);
    expect(places.map(([pointer]) => toText(pointer))).toContain(
      "#/components/schemas/Problem/properties/errors/items",
    );
  });
});

describe("each problem that the contract shows", () => {
  const problems = places.flatMap(([, node]) => shownAt(node).filter(isProblem));

  it("has the title and the status of the catalogue", () => {
    expect(problems.length).toBeGreaterThan(10);
    for (const { code, type, title, status } of problems) {
      const { title: catalogued, status: expected } = PROBLEMS[code];
      expect({ type, title, status }).toEqual({ type: `/problems/${code}`, title: catalogued, status: expected });
    }
  });
});

type ShownProblem = {
  readonly code: ProblemCode;
  readonly type: string;
  readonly title: string;
  readonly status: number;
};

function isProblem(value: unknown): value is ShownProblem {
  return isRecord(value) && "type" in value && isProblemCode(String(value["code"]));
}

describe("the text of the contract", () => {
  it("is ASCII, because compilers read generated code in different encodings", () => {
    expect(text.match(/[^\n\x20-\x7e]/g)).toBe(null);
  });
});
