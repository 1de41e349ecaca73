import { describe, expect, it } from "@jest/globals";
import { createLruCache } from "../../src/lib/lru-cache.ts";

function holding(...names: readonly string[]) {
  const cache = createLruCache<string>(3);
  for (const name of names) cache.set(name, name.toUpperCase());
  return cache;
}

const present = (cache: ReturnType<typeof holding>) => ["a", "b", "c", "d"].filter((name) => cache.get(name));

describe("an LRU cache", () => {
  it("returns what was put into it", () => {
    expect(holding("a", "b").get("a")).toBe("A");
    expect(holding("a", "b").get("c")).toBeUndefined();
  });

  it("holds a maximum number of entries, and evicts the oldest", () => {
    expect(present(holding("a", "b", "c"))).toEqual(["a", "b", "c"]);
    expect(present(holding("a", "b", "c", "d"))).toEqual(["b", "c", "d"]);
  });

  it("evicts an entry that was used lately after one that was not", () => {
    const cache = holding("a", "b", "c");
    cache.get("a");
    cache.set("d", "D");
    expect(present(cache)).toEqual(["a", "c", "d"]);
  });

  it("evicts nothing when an entry is replaced, which becomes the newest", () => {
    const cache = holding("a", "b", "c", "a");
    expect(present(cache)).toEqual(["a", "b", "c"]);
    expect(present(holding("a", "b", "c", "a", "d"))).toEqual(["a", "c", "d"]);
  });

  it("can be cleared", () => {
    const cache = holding("a", "b");
    cache.clear();
    expect(present(cache)).toEqual([]);
  });
});
