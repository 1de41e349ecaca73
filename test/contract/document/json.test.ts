import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { asList, asRecord, parsePointer, resolve, toReference } from "../../../src/contract/document/json.ts";
import { eachNode, isNamedByAuthor } from "../../../src/contract/document/walk.ts";

describe("a JSON value of unknown shape", () => {
  it.each([null, undefined, 7, "text", true, [1]])("%j is an empty object, when an object is wanted", (value) => {
    expect(asRecord(value)).toEqual({});
  });

  it.each([null, undefined, 7, "text", { length: 1 }])("%j is an empty list, when a list is wanted", (value) => {
    expect(asList(value)).toEqual([]);
  });

  it("is itself when it is what is wanted", () => {
    expect(asRecord({ a: 1 })).toEqual({ a: 1 });
    expect(asList([1])).toEqual([1]);
  });
});

describe("a JSON pointer", () => {
  it.each([
    ["#/a/b", ["a", "b"]],
    ["#/", [""]],
    ["#/paths/~1data~1%7Bid%7D", ["paths", "/data/{id}"]],
    ["#/m~0n", ["m~n"]],
    ["#/~01", ["~1"]],
    ["#/c%25d", ["c%d"]],
    ["#/100%", ["100%"]],
    ["#/a//b", ["a", "", "b"]],
  ])("%s has the steps %j (RFC 6901 §6)", (ref, steps) => {
    expect(parsePointer(ref)).toEqual(steps);
  });

  it("leads back to the steps that it was made from", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1 }), (steps) => {
        expect(parsePointer(toReference(steps))).toEqual(steps);
      }),
    );
  });
});

describe("a reference", () => {
  const chain = (length: number) =>
    Object.fromEntries(Array.from({ length }, (_, step) => [`s${step}`, { $ref: `#/s${step + 1}` }]));

  it("is followed to the object that it means, through lists too", () => {
    expect(resolve({ a: [{}, { b: { c: 1 } }] }, { $ref: "#/a/1/b" })).toEqual({ c: 1 });
  });

  it("is followed from reference to reference", () => {
    expect(resolve({ ...chain(499), s499: { c: 1 } }, { $ref: "#/s0" })).toBeUndefined();
    expect(resolve({ ...chain(498), s498: { c: 1 } }, { $ref: "#/s0" })).toEqual({ c: 1 });
  });

  it("has its neighbours laid over what it means, the nearest on top", () => {
    const document = { a: { $ref: "#/b", x: "a", y: "a" }, b: { x: "b", y: "b", z: "b" } };
    expect(resolve(document, { $ref: "#/a", x: "here" })).toEqual({ x: "here", y: "a", z: "b" });
  });

  it("does not change the document", () => {
    const document = { a: { b: 1 } };
    resolve(document, { $ref: "#/a", c: 2 });
    expect(document).toEqual({ a: { b: 1 } });
  });

  it.each([
    "#/b",
    "#/a/b",
    "#/a/0",
    "#/list/9",
    "#/list/length",
    "#/list/x",
    "#/constructor",
    "#/__proto__",
    "#/text",
    "#",
    "",
    "a",
    "x.yaml#/a",
    "#a",
  ])("to %s leads nowhere", ($ref) => expect(resolve({ a: {}, list: [{}], text: "t" }, { $ref })).toBeUndefined());

  it("that is not a text leads nowhere", () => {
    expect(resolve({ a: {} }, { $ref: 7 })).toBeUndefined();
  });

  it("in a circle ends", () => {
    expect(resolve({ a: { $ref: "#/b" }, b: { $ref: "#/a" } }, { $ref: "#/a" })).toBeUndefined();
  });

  it.each([null, 7, "text", []])("is not what %j is, and no object either", (value) => {
    expect(resolve({}, value)).toBeUndefined();
  });
});

describe("a walk through a document", () => {
  it("visits every object, but none inside an example", () => {
    const seen: string[] = [];
    eachNode(
      {
        a: [{ b: {} }, [{}]],
        example: { c: {} },
        default: { d: {} },
        const: {},
        enum: [{}],
        examples: [{}],
        properties: { default: { e: {} } },
      },
      (pointer) => seen.push(pointer.join("/")),
    );
    expect(seen).toEqual(["", "a/0", "a/0/b", "a/1/0", "properties", "properties/default", "properties/default/e"]);
  });

  it("tells keywords from names that people chose", () => {
    expect(isNamedByAuthor(["schemas", "Thing"])).toBe(false);
    expect(isNamedByAuthor(["schemas", "Thing", "properties"])).toBe(true);
    expect(isNamedByAuthor(["schemas", "Thing", "properties", "properties"])).toBe(false);
    expect(isNamedByAuthor(["schemas", "Thing", "properties", "properties", "properties"])).toBe(true);
    expect(isNamedByAuthor([])).toBe(false);
  });
});
