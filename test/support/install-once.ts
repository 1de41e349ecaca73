import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Installs something into a folder of its own, unless it is there already.
 * @param versions what is installed; another text means to install again.
 */
export function installOnce(folder: string, versions: string, install: () => void) {
  const mark = join(folder, "installed.txt");
  if (existsSync(mark) && readFileSync(mark, "utf8") === versions) return;
  mkdirSync(folder, { recursive: true });
  install();
  writeFileSync(mark, versions);
}

/** Runs a program that tests need. @throws with `what` is missing, in words. */
export function runNeeded(program: string, words: readonly string[], what: string) {
  const { status, error, stderr } = spawnSync(program, words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`These tests need ${what}: ${error?.message ?? stderr}`);
}
