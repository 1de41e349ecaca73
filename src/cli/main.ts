import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { enableCompileCache } from "node:module";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import { nameProgram } from "../lib/command-text.ts";
import { commandNameOf } from "./command-name.ts";

// Keeps compiled code between starts, which halves their time. Not in the shared folder for temporary files, where
// another user could plant code. If this folder is not writable, starts just take longer.
enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/latchkey", import.meta.url)));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
nameProgram(
  commandNameOf({
    script: process.argv[1] ?? "",
    root: ROOT.replace(/[/\\]$/, ""),
    isSource: import.meta.url.endsWith(".ts"),
    workingDirectory: process.cwd(),
    searchPath: process.env["PATH"] ?? "",
  }),
);
const { runProgram } = await import("./program.ts");
const { openScreen } = await import("./terminal/open-screen.ts");
const { releaseUnusedMemory: releaseMemory } = await import("../lib/memory.ts");

async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl+C and Ctrl+D reject, which counts as a no.
  const answer = await terminal.question(`${question} [y/N] `).catch(() => "\n");
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Writes over the line before, and clears the rest of it. */
function showProgress(line: string | undefined) {
  process.stderr.write(`\r${line ?? ""}\u001b[K`);
}

/** Resolves when the output cannot be written: its reader is gone, or its disk is full. */
const outputEnded = new Promise<void>((resolve) =>
  process.stdout.on("error", () => {
    process.exitCode = 1;
    resolve();
  }),
);
process.stderr.on("error", () => {});

const isTerminal = process.stdout.isTTY && process.stdin.isTTY;

/** SIGHUP from a terminal stops the program; without a terminal it asks a service to reload its files. */
const STOP_SIGNALS = ["SIGTERM", "SIGINT", ...(isTerminal ? ["SIGHUP" as const] : [])] as const;

/** npm forwards a signal that the whole process group got already: within this time it is the same signal. */
const SAME_SIGNAL_MS = 100;

/** The first signal asks for an orderly stop; the next one ends the process and its workers at once. */
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
  if (cluster.isPrimary)
    process.stderr.write(`${signal} received again: ended at once, requests in progress were cut off.\n`);
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill("SIGKILL");
  process.exit(1);
}

/** Set in a worker that `startCluster` has started. */
const membership = cluster.worker && membershipOf(cluster.worker);

function membershipOf(worker: Worker) {
  // Otherwise Node ends the worker as soon as the primary is gone, and its requests and counts are lost.
  worker.once("disconnect", () => {
    worker.exitedAfterDisconnect = true;
  });
  return {
    workerId: String(worker.id),
    wire: {
      // Without a callback, a closed connection would be an uncaught error.
      send: (message: object) => void process.send?.(message, undefined, undefined, () => {}),
      listen: (receive: (message: unknown) => void) => void process.on("message", receive),
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
  screen: await openScreen(process.stdout, process.env),
  ...(process.stderr.isTTY && { showProgress }),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  confirm,
  whenAskedToStop,
  onReload: (act) => void (isTerminal || process.on("SIGHUP", act)),
  ...(membership && { membership }),
  releaseMemory,
  atExit: (act) => void process.once("exit", act),
});
process.exitCode = exitCode || process.exitCode || 0;
