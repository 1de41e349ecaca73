import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { ROOT } from "../support/programs/packed.ts";

/**
 * Words that a native speaker stumbles over in technical prose: say "anyone who", "again", "is not a valid …".
 * "There is no …" and "is no longer …" are plain English.
 */
const AVOIDED = /\b(?:whoever|somebody|nobody|anew|meanwhile|(?<!\bthere )is no (?!longer\b)[a-z]+)\b/gi;

/** What is read: files, and all files below folders. */
const READ = [
  ...["README.md", "CHANGELOG.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "openapi.yaml"],
  ...["docs", "src", "packages", "scripts"],
];

/** Not read: released contracts stay as they were, and pictures are not text. */
const LEFT_OUT = /^docs\/released\/|\.(?:png|gen\.ts)$|\/node_modules\//;

type Exception = { readonly file: string; readonly text: string; readonly why: string };
const EXCEPTIONS: readonly Exception[] = [
  { file: "CHANGELOG.md", text: "it was `is no setting`", why: "quotes a message of an earlier version" },
];

const FILES = READ.flatMap((path) =>
  statSync(join(ROOT, path)).isFile()
    ? [path]
    : readdirSync(join(ROOT, path), { recursive: true, encoding: "utf8" }).map((name) => `${path}/${name}`),
).filter((path) => !LEFT_OUT.test(path) && statSync(join(ROOT, path)).isFile());

/** Text with its line breaks gone, so that a phrase is found across two lines of a comment or paragraph. */
const inOneLine = (text: string) => text.replaceAll(/\s*\n\s*(?:\*|\/\/|#|>)?\s*/g, " ");

/** Every avoided word in `text`, with some text around it. */
function findingsIn(text: string): readonly string[] {
  const line = inOneLine(text);
  return [...line.matchAll(AVOIDED)].map(({ index, 0: word }) => line.slice(index - 30, index + word.length + 30));
}

describe("plain English", () => {
  it("is what contract, documentation and sources are written in", () => {
    const findings = FILES.flatMap((file) =>
      findingsIn(readFileSync(join(ROOT, file), "utf8"))
        .filter((found) => !EXCEPTIONS.some((exception) => exception.file === file && found.includes(exception.text)))
        .map((found) => `${file}: ${found}`),
    );
    expect(findings).toEqual([]);
  });

  it("has no exception that is not needed any more", () => {
    const unused = EXCEPTIONS.filter(
      ({ file, text }) => !findingsIn(readFileSync(join(ROOT, file), "utf8")).some((found) => found.includes(text)),
    );
    expect(unused).toEqual([]);
  });

  it("is checked across line breaks", () => {
    expect(findingsIn("/**\n * That is\n * no key.\n */")).toHaveLength(1);
    expect(findingsIn("That is not a key, there\nis no key, and it is no longer one.")).toEqual([]);
  });
});
