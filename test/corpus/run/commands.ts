import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { runProgram } from "../../../src/cli/program.ts";
import { PLAIN_SCREEN } from "../../../src/cli/terminal/screen.ts";
import type { Finding } from "../../../src/contract/document/finding.ts";

/** Runs a command of the service in this process. */
async function run(words: readonly string[]) {
  const lines: string[] = [];
  const code = await runProgram(words, {
    environment: {},
    isTerminal: false,
    screen: PLAIN_SCREEN,
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

/** What the check says about a contract. */
export type Checked = {
  readonly isSound: boolean;
  /** What stops the start. */
  readonly findings: readonly string[];
  /** The paths, and operations such as `GET /a`, of which it says that no request reaches them. */
  readonly unreachable: ReadonlySet<string>;
};

const UNREACHABLE =
  /^(?:no request reaches (.*): |([A-Z]+ \S+) and .* match the same requests, and .* is used(?:, with .*)?: )/;

export async function checkContract(file: string): Promise<Checked> {
  const { isSound, lines } = await run(["contract", "check", "--json", file]);
  const { findings = [], warnings = [] }: Readonly<Record<string, readonly Pick<Finding, "message">[]>> = JSON.parse(
    lines[0] ?? "{}",
  );
  const paths = warnings.map(({ message }) =>
    UNREACHABLE.exec(message)
      ?.slice(1)
      .find((path) => path !== undefined),
  );
  return {
    isSound,
    findings: findings.map(({ message }) => message),
    unreachable: new Set(paths.filter((path) => path !== undefined)),
  };
}

const folder = mkdtempSync(join(tmpdir(), "latchkey-corpus-"));

/** The file that `init` makes of `file`. */
export async function initContract(file: string): Promise<string> {
  const out = join(folder, basename(file));
  const { isSound, lines } = await run(["init", file, "--out", out, "--force"]);
  if (!isSound) throw new Error(lines.join("\n"));
  return out;
}
