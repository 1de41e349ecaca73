import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll } from "@jest/globals";

/**
 * Three processes that run one of the scripts beside this one, all at once, whenever they are sent the URL of a database.
 * Without a name they open it and ask for the first keys.
 */
export function rivals(script = "first-comer.ts"): (url: string) => Promise<readonly string[]> {
  let processes: readonly ChildProcess[] = [];

  beforeAll(async () => {
    processes = [1, 2, 3].map(() =>
      fork(join(import.meta.dirname, script), { execArgv: ["--disable-warning=ExperimentalWarning"] }),
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
