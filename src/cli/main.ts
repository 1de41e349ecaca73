import cluster from "node:cluster";
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

/** The first signal asks for an orderly stop; the second one ends the process at once. */
function whenAskedToStop(): Promise<void> {
  const signalled = new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => {
        resolve();
        process.once(signal, () => process.exit(1));
      });
    }
  });
  return Promise.race([outputEnded, signalled]);
}

/** Of a process that `leadTeam` has started. */
const membership = cluster.worker && {
  member: String(cluster.worker.id),
  wire: {
    // With somebody to hear it, a connection that is gone is no fault.
    send: (message: object) => void process.send?.(message, undefined, undefined, () => {}),
    listen: (hear: (message: unknown) => void) => void process.on("message", hear),
  },
  whenLeadIsGone: once(process, "disconnect"),
  leave: () => {
    if (process.connected) process.disconnect();
  },
};

const exitCode = await runProgram(process.argv.slice(2), {
  environment: process.env,
  isTerminal: process.stdout.isTTY && process.stdin.isTTY,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  confirm,
  whenAskedToStop,
  ...(membership && { membership }),
  atExit: (act) => void process.once("exit", act),
});
process.exitCode = exitCode || process.exitCode || 0;
