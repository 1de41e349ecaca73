import { describe, expect, it } from "@jest/globals";
import { createSideTable } from "../../src/lib/side-table.ts";

describe("a value beside an object", () => {
  it("is found by the object, and can be another one later", () => {
    const { get, set } = createSideTable<number>();
    const object = {};
    expect(get(object)).toBeUndefined();
    set(object, 1);
    set(object, 2);
    expect(get(object)).toBe(2);
  });

  it("is neither on the object nor on its copies", () => {
    const { get, set } = createSideTable<number>();
    const object = Object.freeze({ a: 1 });
    set(object, 1);
    expect(Reflect.ownKeys(object)).toEqual(["a"]);
    expect(get({ ...object })).toBeUndefined();
    expect(get(Object.create(object))).toBeUndefined();
  });

  it("is nobody else's", () => {
    const [one, other] = [createSideTable<number>(), createSideTable<number>()];
    const object = {};
    one.set(object, 1);
    expect(other.get(object)).toBeUndefined();
  });
});
