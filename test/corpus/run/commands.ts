import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { runProgram } from "../../../src/cli/program.ts";

/** Runs a command of the service in this process. */
async function run(words: readonly string[]) {
  const lines: string[] = [];
  const code = await runProgram(words, {
    environment: {},
    isTerminal: false,
    out: (text) => void lines.push(text),
    err: (text) => void lines.push(text),
    confirm: async () => false,
    whenAskedToStop: () => new Promise(() => {}),
    onReload: () => {},
    releaseMemory: () => {},
    atExit: () => {},
  });
  return {
    isSound: code === 0,
    lines: lines
      .join("")
      .split("\n")
      .filter((line) => line !== ""),
  };
}

export function checkContract(file: string) {
  return run(["contract", "check", file]);
}

const folder = mkdtempSync(join(tmpdir(), "latchkey-corpus-"));

/** The file that `init` makes of `file`. */
export async function initContract(file: string): Promise<string> {
  const out = join(folder, basename(file));
  const { isSound, lines } = await run(["init", file, "--out", out, "--force"]);
  if (!isSound) throw new Error(lines.join("\n"));
  return out;
}
