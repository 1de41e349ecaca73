import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Outcome, TryOptions } from "./try-document.ts";

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));

/** After this many documents a worker is replaced, so that its memory stays small. */
const DOCUMENTS_PER_WORKER = 40;

export type PoolOptions = {
  readonly workers: number;
  /** A document that takes longer has failed: its worker is stopped. */
  readonly mostSecondsEach: number;
  readonly onOutcome: (outcome: Outcome) => void;
};

/** Tries all documents in several processes. */
export async function tryAll(wanted: readonly TryOptions[], options: PoolOptions): Promise<void> {
  const queue = [...wanted];
  await Promise.all(Array.from({ length: options.workers }, () => work(queue, options)));
}

async function work(queue: TryOptions[], { mostSecondsEach, onOutcome }: PoolOptions): Promise<void> {
  let worker: ChildProcess | undefined;
  let count = 0;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (
      worker === undefined ||
      worker.exitCode !== null ||
      worker.signalCode !== null ||
      count++ % DOCUMENTS_PER_WORKER === 0
    ) {
      worker?.kill("SIGKILL");
      worker = fork(WORKER, { stdio: ["ignore", "ignore", "ignore", "ipc"], execArgv: ["--max-old-space-size=3000"] });
    }
    onOutcome(await tryIn(worker, next, mostSecondsEach));
  }
  worker?.kill("SIGKILL");
}

async function tryIn(worker: ChildProcess, options: TryOptions, mostSeconds: number): Promise<Outcome> {
  const timer = setTimeout(() => worker.kill("SIGKILL"), mostSeconds * 1000);
  const listening = new AbortController();
  const { signal } = listening;
  const answered = once(worker, "message", { signal });
  const ended = once(worker, "exit", { signal }).then(() => [{ failure: `ended after at most ${mostSeconds} s` }]);
  for (const one of [answered, ended]) one.catch(() => {});
  worker.send(options);
  const [message] = await Promise.race([answered, ended]);
  clearTimeout(timer);
  listening.abort();
  return message.outcome ?? failed(options.name, message.failure);
}

function failed(name: string, failure: string): Outcome {
  const nothing = { checkMs: 0, operations: 0, unreachable: 0, untried: [], valid: 0, misses: 0, departures: [] };
  return { name, version: "", start: "broken", findings: [`the harness: ${failure}`], ...nothing };
}
