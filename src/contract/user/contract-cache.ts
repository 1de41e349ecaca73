import { createHash, type Hash, hash } from "node:crypto";
import { globSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { once } from "../../lib/async/once.ts";
import { jsonParts } from "../../lib/json/json-parts.ts";
import { readParts } from "../../lib/read-text.ts";
import type { KeptContracts } from "./kept-contract.ts";
import { readPrivateFile, writePrivateFile } from "./private-file.ts";

/** What a verdict depends on, besides the program. */
export type Judged = {
  readonly path: string;
  /** The built-in contract, as text. */
  readonly builtIn: string;
  readonly isStrict: boolean;
  readonly hasUpstream: boolean;
  readonly hasAdminListener: boolean;
};

export type ContractCache = {
  /** Undefined when the contract has to be judged. */
  readonly find: () => KeptContracts | undefined;
  /** Keeps a contract that was judged after `find`, unless its file has changed since. */
  readonly keep: (contracts: KeptContracts) => void;
};

/**
 * Keeps the verdict on a user contract between starts, under a hash of everything that it depends on: the bytes of the
 * contract, the settings, and this program. Whatever is not exactly as it was written is ignored: docs/decisions/0022.
 * @param folder undefined: nothing is kept.
 * @param program changes whenever the program might judge otherwise.
 */
export function openContractCache(
  folder: string | undefined,
  judged: Judged,
  program: () => string = programHash,
): ContractCache {
  if (folder === undefined) return { find: () => undefined, keep: () => {} };
  const file = join(folder, `${sha256(resolve(judged.path)).slice(0, 32)}.json`);
  const key = keyOf(judged, program);
  return {
    find: () => (key === undefined ? undefined : parse(readPrivateFile(file), key)),
    keep: (contract) => {
      if (key === undefined || keyOf(judged, program) !== key) return;
      writePrivateFile(file, sealed(key, contract));
      removeOldest(folder);
    },
  };
}

/** Undefined when the contract cannot be read: loading it will say why. */
function keyOf({ path, builtIn, ...options }: Judged, program: () => string): string | undefined {
  try {
    const texts = [sha256OfFile(path), sha256(builtIn)];
    const { isStrict, hasUpstream, hasAdminListener } = options;
    return sha256(JSON.stringify([process.version, program(), texts, isStrict, hasUpstream, hasAdminListener]));
  } catch {
    return undefined;
  }
}

/** Of each path and each component, the text is made and written by itself. */
const LEVELS_OF_PARTS = 5;

/** The content of the file: one line of JSON, and its seal in the last line. A damaged file has another seal. */
function* sealed(key: string, contract: KeptContracts): Generator<string> {
  const seal = beginSeal(key);
  for (const part of jsonParts(contract, LEVELS_OF_PARTS)) {
    seal.update(part);
    yield part;
  }
  yield `\n${seal.digest("hex")}`;
}

function beginSeal(key: string): Hash {
  return createHash("sha256").update(key).update("\n");
}

function parse(bytes: Buffer | undefined, key: string): KeptContracts | undefined {
  if (bytes === undefined) return undefined;
  const end = bytes.lastIndexOf("\n");
  const content = bytes.subarray(0, Math.max(end, 0));
  if (bytes.toString("latin1", end + 1) !== beginSeal(key).update(content).digest("hex")) return undefined;
  // The seal says that this version wrote it.
  return JSON.parse(content.toString("utf8"));
}

/** The rooms of src/ that judge a contract, and those that they import. */
export const JUDGING_ROOMS = ["contract", "keys", "lib", "limits", "problem"];

/** A hash of the code that judges, and of the versions of its libraries. */
const programHash = once((): string => {
  const sources = new URL("../../", import.meta.url);
  const files = JUDGING_ROOMS.flatMap((room) => globSync(`${room}/**/*.{ts,js}`, { cwd: sources })).sort();
  const texts = files.map((file) => readFileSync(new URL(file, sources), "utf8"));
  const versions = readFileSync(new URL("../package.json", sources), "utf8");
  return sha256(JSON.stringify([versions, files, texts]));
});

function sha256(text: string): string {
  return hash("sha256", text, "hex");
}

function sha256OfFile(path: string): string {
  const sum = createHash("sha256");
  readParts(path, (part) => void sum.update(part));
  return sum.digest("hex");
}

const MOST_FILES = 20;

/** Contracts come and go, in tests above all. */
function removeOldest(folder: string) {
  const files = readdirSync(folder).map((name) => join(folder, name));
  if (files.length <= MOST_FILES) return;
  const newestFirst = files
    .map((file) => ({ file, at: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((one, other) => other.at - one.at);
  for (const { file } of newestFirst.slice(MOST_FILES)) rmSync(file, { force: true });
}
