import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { ROOT } from "../support/programs/packed.ts";

const FOLDERS = ["src", "test", "scripts", "packages", "docs"];

/** A path from the root of the project; not the end of a longer path or of a URL. */
const PATH = new RegExp(`(?<![\\w./~{-])(?:${FOLDERS.join("|")})/[\\w./-]*\\w`, "g");

/** A relative link: a page, an anchor, or both. */
const LINK = /\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)/g;

const PAGES = pages();

/** The Markdown files of the project that describe it as it is. CHANGELOG.md tells its history, so it is left out. */
function pages(): readonly string[] {
  const inDocs = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" });
  const atRoot = readdirSync(ROOT).filter((name) => name !== "CHANGELOG.md");
  return [...atRoot, ...inDocs.map((name) => join("docs", name))].filter((name) => name.endsWith(".md"));
}

/** The files that a page asks its reader to save, in a folder of their own. */
const SAVED = /`([\w./-]+)`:\n\n```/g;

const textOf = (page: string) => readFileSync(join(ROOT, page), "utf8");

/** A decision record may be cited by its number alone: docs/decisions/0014. */
function exists(path: string): boolean {
  if (existsSync(join(ROOT, path))) return true;
  const folder = join(ROOT, dirname(path));
  return /\/\d{4}$/.test(path) && readdirSync(folder).some((name) => name.startsWith(`${path.slice(-4)}-`));
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsIn(page: string): readonly string[] {
  const headings = [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .replaceAll(/\]\([^)]*\)/g, "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe.each(PAGES)("%s", (page) => {
  it("mentions only files and folders that exist", () => {
    const text = textOf(page);
    const saved = new Set([...text.matchAll(SAVED)].map(([, path]) => path));
    const paths = new Set([...text.matchAll(PATH)].map(([path]) => path));
    expect([...paths].filter((path) => !saved.has(path) && !exists(path))).toEqual([]);
  });

  it("links only to pages and headings that exist", () => {
    const broken = [...textOf(page).matchAll(LINK)].filter(([, path = "", anchor]) => {
      const target = path === "" ? page : relative(ROOT, join(ROOT, dirname(page), path));
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsIn(target).includes(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

describe("the check of mentioned paths", () => {
  it("finds paths in prose, code and links, but not in URLs", () => {
    const text = "`src/a.ts`, (docs/b.md) and test/c; not http://x/docs/d, /docs/e or peers/src/f.ts";
    expect([...text.matchAll(PATH)].map(([path]) => path)).toEqual(["src/a.ts", "docs/b.md", "test/c"]);
  });
});
