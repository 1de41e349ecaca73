import { describe, expect, it } from "@jest/globals";
import { createSideTable } from "../../src/lib/side-table.ts";

describe("a value in a side table", () => {
  it("is found by its object, and can be replaced", () => {
    const { get, set } = createSideTable<number>();
    const object = {};
    expect(get(object)).toBeUndefined();
    set(object, 1);
    set(object, 2);
    expect(get(object)).toBe(2);
  });

  it("is neither a property of the object nor of its copies", () => {
    const { get, set } = createSideTable<number>();
    const object = Object.freeze({ a: 1 });
    set(object, 1);
    expect(Reflect.ownKeys(object)).toEqual(["a"]);
    expect(get({ ...object })).toBeUndefined();
    expect(get(Object.create(object))).toBeUndefined();
  });

  it("is not visible in other tables", () => {
    const [one, other] = [createSideTable<number>(), createSideTable<number>()];
    const object = {};
    one.set(object, 1);
    expect(other.get(object)).toBeUndefined();
  });
});
