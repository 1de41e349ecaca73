import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { enableCompileCache } from "node:module";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";

// Compiled code is kept between starts, which halves the time they take. Not in the shared folder for temporary
// files, where another user could plant code; where this one cannot be written, starts just take longer.
enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/latchkey", import.meta.url)));
const { runProgram } = await import("./program.ts");

async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl+C and Ctrl+D reject: no answer is a no.
  const answer = await terminal.question(`${question} [y/N] `).catch(() => "\n");
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Who read our output is gone, or its disk is full: there is nothing left to say, and nobody to say it to. */
const outputEnded = new Promise<void>((resolve) =>
  process.stdout.on("error", () => {
    process.exitCode = 1;
    resolve();
  }),
);
process.stderr.on("error", () => {});

const isTerminal = process.stdout.isTTY && process.stdin.isTTY;

/** The hang-up of a terminal ends what runs in it; without one it asks a service to read its files again. */
const STOP_SIGNALS = ["SIGTERM", "SIGINT", ...(isTerminal ? ["SIGHUP" as const] : [])] as const;

/** npm hands on a signal that the whole group of processes has got already: that is the same one twice. */
const SAME_SIGNAL_MS = 100;

/** The first signal asks for an orderly stop; the next one ends the process at once, and those that it leads. */
function whenAskedToStop(): Promise<void> {
  const signalled = new Promise<void>((resolve) => {
    let firstAt: number | undefined;
    for (const signal of STOP_SIGNALS) {
      process.on(signal, () => {
        resolve();
        firstAt ??= performance.now();
        if (performance.now() - firstAt >= SAME_SIGNAL_MS) endAtOnce(signal);
      });
    }
  });
  return Promise.race([outputEnded, signalled]);
}

function endAtOnce(signal: string): never {
  if (cluster.isPrimary) process.stderr.write(`${signal} came again: ended at once, with whatever was under way.\n`);
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill("SIGKILL");
  process.exit(1);
}

/** Of a process that `startCluster` has started. */
const membership = cluster.worker && membershipOf(cluster.worker);

function membershipOf(worker: Worker) {
  // Otherwise Node ends it the moment its lead is gone, with its requests and counts.
  worker.once("disconnect", () => {
    worker.exitedAfterDisconnect = true;
  });
  return {
    workerId: String(worker.id),
    wire: {
      // With a callback, a connection that is gone is not a fault.
      send: (message: object) => void process.send?.(message, undefined, undefined, () => {}),
      listen: (hear: (message: unknown) => void) => void process.on("message", hear),
    },
    whenPrimaryIsGone: once(process, "disconnect"),
    leave: () => {
      if (process.connected) process.disconnect();
    },
  };
}

const exitCode = await runProgram(process.argv.slice(2), {
  environment: process.env,
  isTerminal,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  confirm,
  whenAskedToStop,
  onReload: (act) => void (isTerminal || process.on("SIGHUP", act)),
  ...(membership && { membership }),
  atExit: (act) => void process.once("exit", act),
});
process.exitCode = exitCode || process.exitCode || 0;
