import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "@jest/globals";

const SRC = resolve(import.meta.dirname, "../src");

/** From the ground up; rooms on one floor are strangers. */
const FLOORS = [
  ["lib"],
  ["config", "contract", "keys", "limits", "usage", "problem"],
  ["store"],
  ["auth", "admin"],
  ["http", "gateway", "console"],
  ["lane"],
  ["app.ts", "served.ts", "counting.ts", "readiness.ts"],
  ["ground.ts", "upkeep.ts", "orderly-stop.ts"],
  ["assemble.ts"],
  ["serve.ts", "middleware.ts"],
  ["team"],
  ["cli"],
  // A package of its own, for somebody else's program: of this one it has the types of the contract, and nobody here has it.
  ["client"],
];

/** Where the client has time and randomness of its own, for it takes nothing from lib/ along. */
const DOORS_OF_CLIENT = ["client/clock.ts", "client/random.ts"];

type Source = { readonly path: string; readonly text: string; readonly imports: readonly string[] };

const SOURCES: readonly Source[] = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => {
    const text = readFileSync(join(SRC, path), "utf8");
    const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(
      ([, specifier = ""]) => specifier,
    );
    return {
      path,
      text,
      imports: specifiers.map((specifier) => relative(SRC, resolve(SRC, dirname(path), specifier))),
    };
  });

function roomOf(path: string): string {
  return path.split("/", 1)[0] ?? "";
}

function floorOf(path: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(roomOf(path)));
}

function filesWith(words: RegExp, rooms: readonly string[]): readonly string[] {
  return SOURCES.filter(({ path, text }) => words.test(text) && !rooms.includes(roomOf(path))).map(({ path }) => path);
}

describe("the rooms of src/", () => {
  it("all stand on a floor", () => {
    expect(SOURCES.filter(({ path }) => floorOf(path) < 0).map(({ path }) => path)).toEqual([]);
    expect(SOURCES.length).toBeGreaterThan(50);
  });

  it("import their own room and floors below, nothing else", () => {
    const upward = SOURCES.flatMap(({ path, imports }) =>
      imports
        .filter((target) => roomOf(target) !== roomOf(path) && floorOf(target) >= floorOf(path))
        .map((target) => `${path} → ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it("import files that exist, each by its full name", () => {
    const known = new Set(SOURCES.map(({ path }) => path));
    const missing = SOURCES.flatMap(({ path, imports }) =>
      imports.filter((target) => !known.has(target)).map((target) => `${path} → ${target}`),
    );
    expect(missing).toEqual([]);
  });

  it("read time and randomness in lib/ alone", () => {
    const readers = filesWith(/\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\brandom(?:Bytes|UUID|Int)\(/, ["lib"]);
    expect(readers.filter((path) => !DOORS_OF_CLIENT.includes(path))).toEqual([]);
  });

  it("read the environment, the arguments and the exit code at the doors alone", () => {
    expect(filesWith(/\bprocess\.(?:argv|exit|exitCode)\b/, ["cli"])).toEqual([]);
    expect(filesWith(/\bprocess\.env\b/, ["cli", "middleware.ts"])).toEqual([]);
  });

  it("register no Express routes: the dispatcher alone decides which handler runs", () => {
    expect(filesWith(/\bapp\.(?:get|post|put|patch|delete|all|route)\(|express\.Router\(/, [])).toEqual([]);
  });

  it("have neither a default export nor a file that only passes on", () => {
    expect(filesWith(/^export default|^export \*/m, [])).toEqual([]);
    expect(SOURCES.filter(({ path }) => path.endsWith("index.ts")).map(({ path }) => path)).toEqual([]);
  });
});

describe("the client", () => {
  const imports = SOURCES.filter(({ path }) => roomOf(path) === "client").flatMap(({ text }) => [
    ...text.matchAll(/^(?:import|export)\b([^;]*?)\bfrom "([^"]+)";/gm),
  ]);

  it("takes nothing of the other rooms along but the types of the contract", () => {
    const others = imports.filter(([, , from = ""]) => !from.startsWith("./"));
    expect(others.length).toBeGreaterThan(1);
    for (const [, words = "", from] of others) {
      if (from === "openapi-fetch") continue;
      expect([from, words.trim().split(" ", 1)]).toEqual(["../contract/types.gen.ts", ["type"]]);
    }
  });
});
