import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");

/** What the compiler writes. */
export const DIST = join(ROOT, "dist");

/** The package as it is published. */
export const STAGE = join(ROOT, "dist-package");

export type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly files: readonly string[];
  readonly vendored: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
};

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}
