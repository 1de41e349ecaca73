import { describe, expect, it } from "@jest/globals";
import { createLruCache } from "../../src/lib/lru-cache.ts";

function holding(...names: readonly string[]) {
  const recent = createLruCache<string>(3);
  for (const name of names) recent.set(name, name.toUpperCase());
  return recent;
}

const present = (recent: ReturnType<typeof holding>) => ["a", "b", "c", "d"].filter((name) => recent.get(name));

describe("a memory of what was used last", () => {
  it("hands out what was put into it", () => {
    expect(holding("a", "b").get("a")).toBe("A");
    expect(holding("a", "b").get("c")).toBeUndefined();
  });

  it("holds as much as its limit, and forgets what stands there longest", () => {
    expect(present(holding("a", "b", "c"))).toEqual(["a", "b", "c"]);
    expect(present(holding("a", "b", "c", "d"))).toEqual(["b", "c", "d"]);
  });

  it("forgets what was asked for again later than what was not", () => {
    const recent = holding("a", "b", "c");
    recent.get("a");
    recent.set("d", "D");
    expect(present(recent)).toEqual(["a", "c", "d"]);
  });

  it("forgets nothing when something is put into it again, which is the newest then", () => {
    const recent = holding("a", "b", "c", "a");
    expect(present(recent)).toEqual(["a", "b", "c"]);
    expect(present(holding("a", "b", "c", "a", "d"))).toEqual(["a", "c", "d"]);
  });

  it("can forget everything", () => {
    const recent = holding("a", "b");
    recent.clear();
    expect(present(recent)).toEqual([]);
  });
});
