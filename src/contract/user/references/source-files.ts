import { realpathSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { MAX_FILE_BYTES, readText, TextUnreadable } from "../../../lib/read-text.ts";
import { ContractUnreadable } from "../../document/contract-unreadable.ts";
import type { Finding } from "../../document/finding.ts";
import { type LoadedDocument, loadValue } from "../../document/load.ts";

/** A reference leads nowhere, or to a place that is not allowed. The message names it, then how to fix it. */
export class ReferenceRefused extends Error {
  /** What is wrong in the file that it leads to. */
  readonly findings: readonly Finding[];

  constructor(message: string, findings: readonly Finding[] = []) {
    super(message);
    this.findings = findings;
  }
}

/** One of the files of a contract. */
export type SourceFile = {
  /** As findings name it; undefined for the contract itself. */
  readonly name: string | undefined;
  /** Its absolute URL: references are relative to it. */
  readonly url: string;
  readonly content: unknown;
  readonly lineOf: LoadedDocument["lineOf"];
};

export type SourceFiles = {
  readonly contract: SourceFile;
  /** @throws ReferenceRefused when the file cannot be read, or is not in the contract's folder or below. */
  readonly load: (url: URL) => SourceFile;
  readonly count: () => number;
};

const MAX_FILES = 500;

/** The files of the contract at `path`: a contract must not make the service read files outside of its folder. */
export function openSourceFiles({ document, lineOf }: LoadedDocument, path: string): SourceFiles {
  const folder = realpathSync(dirname(path));
  const contractUrl = pathToFileURL(join(folder, basename(path))).href;
  const contract: SourceFile = { name: undefined, url: contractUrl, content: document, lineOf };
  const loaded = new Map<string, SourceFile>([[contractUrl, contract]]);
  let characters = 0;

  const read = (url: URL): SourceFile => {
    const file = join(dirname(path), relative(folder, decodeURIComponent(url.pathname)));
    const real = realpathOf(file);
    if (real === undefined) throw new ReferenceRefused(`${file} does not exist: correct the reference`);
    const below = relative(folder, real);
    if (below.startsWith("..") || below.startsWith(sep))
      throw new ReferenceRefused(
        `${file} is outside the contract's folder: move it there, or bundle all into one file (redocly bundle)`,
      );
    if (loaded.size > MAX_FILES)
      throw new ReferenceRefused(`it refers to more than ${MAX_FILES} files: combine some of them`);
    const text = textOf(real, file);
    characters += text.length;
    if (characters > MAX_FILE_BYTES) throw new ReferenceRefused("the files that it refers to are too large together");
    return { name: file, url: url.href, ...parse(text, file) };
  };
  return {
    contract,
    load: (url) => {
      const known = loaded.get(url.href) ?? read(url);
      loaded.set(url.href, known);
      return known;
    },
    count: () => loaded.size,
  };
}

function realpathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function textOf(path: string, name: string): string {
  try {
    return readText(path);
  } catch (cause) {
    if (cause instanceof TextUnreadable) throw new ReferenceRefused(`${name}: ${cause.message}`);
    throw cause;
  }
}

function parse(text: string, name: string): Pick<SourceFile, "content" | "lineOf"> {
  try {
    const { value, lineOf } = loadValue(text, name);
    return { content: value, lineOf };
  } catch (cause) {
    if (!(cause instanceof ContractUnreadable)) throw cause;
    const findings = cause.findings.map((finding) => ({ ...finding, file: name }));
    throw new ReferenceRefused(`${name} cannot be read`, findings);
  }
}
