import { spawnSync } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll } from "@jest/globals";
import { ROOT } from "../programs/packed.ts";
import { startChild } from "./child.ts";
import { isOpen } from "./ports.ts";

export type ShellWish = {
  readonly environment: Readonly<Record<string, string>>;
  /** What a page says → what it is in this test, such as a port. */
  readonly changes: readonly (readonly [from: string, to: string])[];
};

/** A text of a page, as it is in this test. */
export function adapted(text: string, { changes }: ShellWish): string {
  return changes.reduce((sofar, [from, to]) => sofar.replaceAll(from, to), text);
}

/** Runs commands as pages write them, in the folder of this project. */
export function aShell() {
  const groups: number[] = [];
  afterAll(() => {
    for (const group of groups) process.kill(-group, "SIGKILL");
  });
  return {
    /** Starts something that goes on, and waits until it listens on `port`. */
    start: async (command: string, port: number, wish: ShellWish) => {
      // In a group of its own: npm and gunicorn leave children behind when they alone are ended.
      const words = ["/usr/bin/setsid", "/bin/bash", "-c", `exec env ${adapted(command, wish)}`];
      const child = startChild(words, wish.environment, ROOT);
      groups.push(child.process.pid ?? 0);
      let lastWords: string | undefined;
      child.process.once("close", () => {
        lastWords = child.out.text() + child.err.text();
      });
      while (!(await isOpen(port))) {
        if (lastWords !== undefined) throw new Error(`It did not start:\n${lastWords}`);
        await wait(50);
      }
    },
    /** What each line that is not empty said. @throws Error with its words when something was said on standard error. */
    run: (commands: string, wish: ShellWish): readonly string[] => {
      const { stdout, stderr } = spawnSync("/bin/bash", ["-ec", adapted(commands, wish)], {
        cwd: ROOT,
        env: wish.environment,
        encoding: "utf8",
      });
      if (stderr !== "") throw new Error(stderr);
      return stdout
        .trim()
        .split("\n")
        .filter((line) => line !== "");
    },
  };
}
