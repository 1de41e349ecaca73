import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "@jest/globals";

const SRC = resolve(import.meta.dirname, "../src");
const CLIENT_SRC = resolve(import.meta.dirname, "../packages/client/src");

/** From the ground up; rooms on one floor are strangers. */
const FLOORS = [
  ["lib", "problem"],
  ["keys", "limits", "usage"],
  ["config", "contract"],
  ["store"],
  ["auth", "admin"],
  ["http"],
  ["gateway"],
  ["service"],
  ["cluster", "middleware.ts"],
  ["cli"],
];

/** The floors within a room, from the ground up; what stands on none is below them all. */
const FLOORS_WITHIN: Readonly<Record<string, readonly (readonly string[])[]>> = {
  contract: [["document", "patterns"], ["model"], ["judge", "schemas"], ["checks"], ["user"], ["init"]],
  http: [["message"], ["record", "reply"], ["handlers"], ["stages"], ["pages", "server", "pipeline.ts"]],
};

/** Past this many files a folder is two rooms. */
const MAX_FILES_IN_A_ROOM = 15;

const TIME_OR_RANDOMNESS = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\brandom(?:Bytes|UUID|Int)\(/;
const DEFAULT_EXPORT_OR_RE_EXPORT = /^export default|^export \*/m;

type Source = { readonly path: string; readonly text: string; readonly imports: readonly string[] };

/** The TypeScript files below `folder`; paths and imports are relative to it. */
function sourcesIn(folder: string): readonly Source[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => {
      const text = readFileSync(join(folder, path), "utf8");
      const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(
        ([, specifier = ""]) => specifier,
      );
      return {
        path,
        text,
        imports: specifiers.map((specifier) => relative(folder, resolve(folder, dirname(path), specifier))),
      };
    });
}

const SOURCES = sourcesIn(SRC);

/** JavaScript that an older Node runs as well; a declaration beside it has its types. */
const isPlain = (path: string) => path.endsWith(".cjs") && existsSync(join(SRC, path));

function roomOf(path: string): string {
  return path.split("/", 1)[0] ?? "";
}

function floorOf(path: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(roomOf(path)));
}

/** The floor of a file within its room; -1 for one that is below them all. */
function floorWithin(path: string): number {
  const [room = "", inner = ""] = path.split("/");
  return (FLOORS_WITHIN[room] ?? []).findIndex((rooms) => rooms.includes(inner));
}

/** The files that import each other, directly or by way of others, each group once. */
function cyclesOf(imports: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const reached = (from: string): ReadonlySet<string> => {
    const seen = new Set<string>();
    const open = [...(imports.get(from) ?? [])];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      open.push(...(imports.get(path) ?? []));
    }
    return seen;
  };
  const all = new Map([...imports.keys()].map((path) => [path, reached(path)]));
  const groups = [...all].flatMap(([path, seen]) =>
    seen.has(path) ? [[...seen].filter((other) => all.get(other)?.has(path)).sort()] : [],
  );
  return [...new Map(groups.map((group) => [group.join(), group])).values()];
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

  it("have floors of their own, where they are large", () => {
    const upward = SOURCES.flatMap(({ path, imports }) =>
      imports
        .filter((target) => roomOf(target) === roomOf(path) && dirname(target) !== dirname(path))
        .filter((target) => floorWithin(target) > -1 && floorWithin(target) >= floorWithin(path))
        .filter((target) => target.split("/")[1] !== path.split("/")[1])
        .map((target) => `${path} → ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it("stand on a floor of theirs, folder by folder", () => {
    const folders = new Set(
      SOURCES.filter(({ path }) => path.split("/").length > 2).map(({ path }) => path.split("/", 2).join("/")),
    );
    const known = Object.entries(FLOORS_WITHIN).flatMap(([room, floors]) =>
      floors.flat().map((inner) => `${room}/${inner}`),
    );
    const unknown = [...folders].filter(
      (folder) => Object.hasOwn(FLOORS_WITHIN, roomOf(folder)) && !known.includes(folder),
    );
    expect(unknown).toEqual([]);
    const files = new Set(SOURCES.map(({ path }) => path));
    expect(known.filter((name) => !folders.has(name) && !files.has(name))).toEqual([]);
  });

  it("have no files that import each other in a circle, types included", () => {
    expect(
      cyclesOf(
        new Map([
          ["a", ["b"]],
          ["b", ["c"]],
          ["c", ["b"]],
        ]),
      ),
    ).toEqual([["b", "c"]]);
    expect(cyclesOf(new Map(SOURCES.map(({ path, imports }) => [path, imports])))).toEqual([]);
  });

  it(`have at most ${MAX_FILES_IN_A_ROOM} files each`, () => {
    const folders = Map.groupBy(SOURCES, ({ path }) => dirname(path));
    const full = [...folders].filter(([, files]) => files.length > MAX_FILES_IN_A_ROOM).map(([folder]) => folder);
    expect(full).toEqual([]);
  });

  it("import files that exist, each by its full name", () => {
    const known = new Set(SOURCES.map(({ path }) => path));
    const missing = SOURCES.flatMap(({ path, imports }) =>
      imports.filter((target) => !known.has(target) && !isPlain(target)).map((target) => `${path} → ${target}`),
    );
    expect(missing).toEqual([]);
  });

  it("read time and randomness in lib/ alone", () => {
    expect(filesWith(TIME_OR_RANDOMNESS, ["lib"])).toEqual([]);
  });

  it("read the environment, the arguments and the exit code at the doors alone", () => {
    expect(filesWith(/\bprocess\.(?:argv|exit|exitCode)\b/, ["cli"])).toEqual([]);
    expect(filesWith(/\bprocess\.env\b/, ["cli", "middleware.ts"])).toEqual([]);
  });

  it("register no Express routes: the dispatcher alone decides which handler runs", () => {
    expect(filesWith(/\bapp\.(?:get|post|put|patch|delete|all|route)\(|express\.Router\(/, [])).toEqual([]);
  });

  it("have neither a default export nor a file that only passes on", () => {
    expect(filesWith(DEFAULT_EXPORT_OR_RE_EXPORT, [])).toEqual([]);
    expect(SOURCES.filter(({ path }) => path.endsWith("index.ts")).map(({ path }) => path)).toEqual([]);
  });
});

describe("the client, a package of its own", () => {
  const sources = sourcesIn(CLIENT_SRC);
  const filesMatching = (words: RegExp) => sources.filter(({ text }) => words.test(text)).map(({ path }) => path);

  it("imports openapi-fetch and the types of the contract, nothing else", () => {
    const imports = sources.flatMap(({ text }) => [
      ...text.matchAll(/^(?:import|export)\b([^;]*?)\bfrom "([^"]+)";/gm),
    ]);
    const others = imports.filter(([, , from = ""]) => !from.startsWith("./"));
    expect(others.length).toBeGreaterThan(1);
    for (const [, words = "", from] of others) {
      if (from === "openapi-fetch") continue;
      expect([from, words.trim().split(" ", 1)]).toEqual(["../../../src/contract/types.gen.ts", ["type"]]);
    }
  });

  it("is not imported by the service", () => {
    expect(SOURCES.filter(({ text }) => text.includes("packages/client")).map(({ path }) => path)).toEqual([]);
  });

  it(`has at most ${MAX_FILES_IN_A_ROOM} files, and none that import each other in a circle`, () => {
    expect(sources.length).toBeLessThanOrEqual(MAX_FILES_IN_A_ROOM);
    expect(cyclesOf(new Map(sources.map(({ path, imports }) => [path, imports])))).toEqual([]);
  });

  it("reads time and randomness in two files, and nothing of its process", () => {
    expect(filesMatching(TIME_OR_RANDOMNESS)).toEqual(["random.ts"]);
    expect(filesMatching(/\bperformance\.now\b|\bsetTimeout\b/)).toEqual(["clock.ts"]);
    expect(filesMatching(/\bprocess\./)).toEqual([]);
  });

  it("has neither a default export nor a file that only re-exports", () => {
    expect(filesMatching(DEFAULT_EXPORT_OR_RE_EXPORT)).toEqual([]);
    expect(sources.filter(({ path }) => path.endsWith("index.ts"))).toEqual([]);
  });
});
