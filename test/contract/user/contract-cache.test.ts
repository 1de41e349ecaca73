import {
  chmodSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { JUDGING_ROOMS, type Judged, openContractCache } from "../../../src/contract/user/contract-cache.ts";
import type { KeptContracts } from "../../../src/contract/user/kept-contract.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const KEPT: KeptContracts = {
  served: {
    document: { openapi: "3.1.1" },
    lines: { "getThing operation": 7 },
    builtInOperations: { getHealth: "getHealth" },
  },
  administration: undefined,
  warnings: [{ line: 1, message: "it is not bounded" }],
};

const base = temporaryFolder();
let folder = "";
let judged: Judged = {
  path: "",
  builtIn: "the built-in contract",
  isStrict: true,
  hasUpstream: true,
  hasAdminListener: false,
};
beforeEach(() => {
  folder = join(base, `cache-${readdirSync(base).length}`);
  const path = join(base, "openapi.yaml");
  writeFileSync(path, "openapi: 3.1.1\n");
  judged = { ...judged, path };
});

const find = (changed: Partial<Judged> = {}) => openContractCache(folder, { ...judged, ...changed }).find();
const keep = () => openContractCache(folder, judged).keep(KEPT);
const writeContract = (text: string): Partial<Judged> => {
  writeFileSync(judged.path, text);
  return {};
};
const keptFile = () => join(folder, String(readdirSync(folder)[0]));

describe("a sound user contract", () => {
  it("is found again at the next start", () => {
    expect(find()).toBeUndefined();
    keep();
    expect(find()).toEqual(KEPT);
  });

  it("is kept where only this user can write", () => {
    keep();
    expect([statSync(folder).mode & 0o777, statSync(keptFile()).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  it.each<[string, () => Partial<Judged>]>([
    ["one byte of it changes", () => writeContract("openapi: 3.1.2\n")],
    ["only a comment changes", () => writeContract("openapi: 3.1.1\n# \n")],
    ["it is no longer lenient", () => ({ isStrict: false })],
    ["there is no upstream any more", () => ({ hasUpstream: false })],
    ["there is a listener for administration", () => ({ hasAdminListener: true })],
    ["the built-in contract changes", () => ({ builtIn: "another" })],
    ["it cannot be read", () => ({ path: join(base, "missing.yaml") })],
  ])("is judged again when %s", (_, change) => {
    keep();
    expect(find(change())).toBeUndefined();
  });

  it("is judged again by another version of the program", () => {
    openContractCache(folder, judged, () => "one version").keep(KEPT);
    expect(openContractCache(folder, judged, () => "one version").find()).toEqual(KEPT);
    expect(openContractCache(folder, judged, () => "another version").find()).toBeUndefined();
  });

  it("is judged by no code that does not count as part of the program", () => {
    const sources = join(import.meta.dirname, "../../../src");
    const imported = JUDGING_ROOMS.flatMap((room) => globSync(join(sources, room, "**/*.ts"))).flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)].map(([, path = ""]) =>
        relative(sources, join(dirname(file), path))
          .split(sep)
          .at(0),
      ),
    );
    expect(JUDGING_ROOMS).toEqual(expect.arrayContaining([...new Set(imported)]));
  });

  it("is not kept when its file changed while it was judged", () => {
    const cache = openContractCache(folder, judged);
    writeFileSync(judged.path, "openapi: 3.1.1\nchanged: true\n");
    cache.keep(KEPT);
    expect(find()).toBeUndefined();
  });

  it("is judged again when what is kept was changed, cut off, or written by another version", () => {
    keep();
    const whole = readFileSync(keptFile(), "utf8");
    const [content, seal] = whole.split("\n");
    for (const text of [
      whole.replace("getHealth", "getOther"),
      whole.slice(0, -1),
      "",
      "{}",
      content,
      `${content}\n${"0".repeat(64)}`,
      `{}\n${seal}`,
    ]) {
      writeFileSync(keptFile(), String(text));
      expect(find()).toBeUndefined();
    }
    keep();
    expect(find()).toEqual(KEPT);
  });

  it.each([
    ["others can write to the file", () => chmodSync(keptFile(), 0o666)],
    ["others can write to the folder", () => chmodSync(folder, 0o777)],
    [
      "the file is a link",
      () => {
        const elsewhere = join(base, `moved-${readdirSync(base).length}`);
        const file = keptFile();
        renameSync(file, elsewhere);
        symlinkSync(elsewhere, file);
      },
    ],
    [
      "the folder is a link",
      () => {
        renameSync(folder, `${folder}-moved`);
        symlinkSync(`${folder}-moved`, folder);
      },
    ],
    [
      "the file is a folder",
      () => {
        const file = keptFile();
        renameSync(file, `${file}.old`);
        mkdirSync(file);
      },
    ],
  ])("is judged again when %s", (_, change) => {
    keep();
    change();
    expect(find()).toBeUndefined();
  });

  it("is not written into a folder that others can write to", () => {
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    keep();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is kept with the nineteen that were kept last", () => {
    mkdirSync(folder, { mode: 0o700 });
    for (let at = 0; at < 25; at++) {
      const file = join(folder, `${at}.json`);
      writeFileSync(file, "");
      utimesSync(file, at, at);
    }
    keep();
    expect(readdirSync(folder)).toHaveLength(20);
    expect(find()).toEqual(KEPT);
  });

  it("is judged at each start without a folder to keep it in", () => {
    openContractCache(undefined, judged).keep(KEPT);
    expect(openContractCache(undefined, judged).find()).toBeUndefined();
  });
});
