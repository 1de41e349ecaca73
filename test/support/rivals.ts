import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll } from "@jest/globals";

/** Three processes that open a database and ask for the first keys, all at once, whenever they are sent its URL. */
export function rivals(): (url: string) => Promise<readonly string[]> {
  let processes: readonly ChildProcess[] = [];

  beforeAll(async () => {
    processes = [1, 2, 3].map(() =>
      fork(join(import.meta.dirname, "first-comer.ts"), { execArgv: ["--disable-warning=ExperimentalWarning"] }),
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
