import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll } from "@jest/globals";
import { aTranscript, type Transcript } from "./transcript.ts";

/** How to run the command line without npm. */
export const LATCHKEY = [process.execPath, join(import.meta.dirname, "../../../src/cli/run.mjs")] as const;

/** Shares compiled code between runs of the scripts here. */
export const COMPILED = { NODE_COMPILE_CACHE: join(import.meta.dirname, "../../../node_modules/.cache/latchkey-test") };

export type Child = {
  readonly process: ChildProcess;
  readonly out: Transcript;
  readonly err: Transcript;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
};

/** Services leave no record in a folder that cannot be made, so that commands of other tests do not mention them. */
export const UNSEEN = { XDG_RUNTIME_DIR: "/dev/null/none" };

/** What a command says besides about its database, which test/cli/words/database-note.test.ts is about. */
export function withoutDatabaseNote(err: string): string {
  return err.replaceAll(/^(?:Wrote to \/.+|\/.+ is a new database|Wrote to a database in memory, .+)\.\n/gm, "");
}

const started: ChildProcess[] = [];

afterAll(() => {
  for (const child of started) if (child.exitCode === null) child.kill("SIGKILL");
});

/** Starts a process with only this environment. It is killed after the tests of the file if it still runs. */
export function startChild(
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd?: string,
): Child {
  const [program = "", ...words] = command;
  const child = spawn(program, words, {
    cwd,
    env: { PATH: process.env["PATH"], TERM: "dumb", ...UNSEEN, ...environment },
  });
  started.push(child);

  const [out, err] = [aTranscript(), aTranscript()];
  child.stdout.setEncoding("utf8").on("data", out.write).on("end", out.end);
  child.stderr.setEncoding("utf8").on("data", err.write).on("end", err.end);
  const ended = once(child, "close").then(([code]) => ({ code, out: out.text(), err: err.text() }));
  return { process: child, out, err, ended };
}

export function startLatchkey(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Child {
  return startChild([...LATCHKEY, ...words], environment);
}
