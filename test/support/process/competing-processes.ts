import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll } from "@jest/globals";
import { COMPILED } from "./child.ts";

/**
 * Three processes that run a script of this folder at the same time, whenever they are sent the URL of a database. By
 * default they open it and create the first keys.
 */
export function competingProcesses(script = "first-comer.ts"): (url: string) => Promise<readonly string[]> {
  let processes: readonly ChildProcess[] = [];

  beforeAll(async () => {
    processes = [1, 2, 3].map(() =>
      fork(join(import.meta.dirname, script), {
        env: { ...process.env, ...COMPILED },
        execArgv: ["--disable-warning=ExperimentalWarning"],
      }),
    );
    await Promise.all(processes.map((child) => once(child, "message")));
  });
  afterAll(() => {
    for (const child of processes) child.kill();
  });

  return (url) =>
    Promise.all(
      processes.map(async (child) => {
        const result = once(child, "message");
        child.send(url);
        return String((await result)[0]);
      }),
    );
}
