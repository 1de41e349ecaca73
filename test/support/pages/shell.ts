import { spawnSync } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll } from "@jest/globals";
import { startChild, withoutDatabaseNote } from "../process/child.ts";
import { isOpen } from "../process/ports.ts";
import { ROOT } from "../programs/packed.ts";

export type ShellOptions = {
  readonly environment: Readonly<Record<string, string>>;
  /** Texts of the page and their replacements in this test, such as ports. */
  readonly changes: readonly (readonly [from: string, to: string])[];
};

/** Applies the replacements to a text of a page. */
export function adapted(text: string, { changes }: ShellOptions): string {
  return changes.reduce((soFar, [from, to]) => soFar.replaceAll(from, to), text);
}

/** Runs the commands of documentation pages, in the folder of this project. */
export function aShell() {
  const groups: number[] = [];
  afterAll(() => {
    for (const group of groups) process.kill(-group, "SIGKILL");
  });
  return {
    /** Starts a server, and waits until it listens on `port`. */
    start: async (command: string, port: number, options: ShellOptions) => {
      // In its own process group, because npm and gunicorn leave children behind when only they are killed.
      const words = ["/usr/bin/setsid", "/bin/bash", "-c", `exec env ${adapted(command, options)}`];
      const child = startChild(words, options.environment, ROOT);
      groups.push(child.process.pid ?? 0);
      let output: string | undefined;
      child.process.once("close", () => {
        output = child.out.text() + child.err.text();
      });
      while (!(await isOpen(port))) {
        if (output !== undefined) throw new Error(`It did not start:\n${output}`);
        await wait(50);
      }
    },
    /**
     * Returns the lines of the output that are not empty.
     * @throws Error when there is output on standard error, but for the name of the database.
     */
    run: (commands: string, options: ShellOptions): readonly string[] => {
      const { stdout, stderr } = spawnSync("/bin/bash", ["-ec", adapted(commands, options)], {
        cwd: ROOT,
        env: options.environment,
        encoding: "utf8",
      });
      if (withoutDatabaseNote(stderr) !== "") throw new Error(stderr);
      return stdout
        .trim()
        .split("\n")
        .filter((line) => line !== "");
    },
  };
}
