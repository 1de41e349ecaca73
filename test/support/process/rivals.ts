import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll } from "@jest/globals";
import { COMPILED } from "./child.ts";

/**
 * Three processes that run a script of this folder at the same time, whenever they are sent the URL of a database. By
 * default they open it and create the first keys.
 */
export function rivals(script = "first-comer.ts"): (url: string) => Promise<readonly string[]> {
  let processes: readonly ChildProcess[] = [];

  beforeAll(async () => {
    processes = [1, 2, 3].map(() =>
      fork(join(import.meta.dirname, script), {
        env: { ...process.env, ...COMPILED },
        execArgv: ["--disable-warning=ExperimentalWarning"],
      }),
    );
    await Promise.all(processes.map((rival) => once(rival, "message")));
  });
  afterAll(() => {
    for (const rival of processes) rival.kill();
  });

  return (url) =>
    Promise.all(
      processes.map(async (rival) => {
        const answered = once(rival, "message");
        rival.send(url);
        return String((await answered)[0]);
      }),
    );
}
