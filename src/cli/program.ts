import { Command, CommanderError } from "commander";
import { ClusterUnusable } from "../cluster/worker-pool.ts";
import { toLines } from "../contract/document/finding.ts";
import { ContractUnreadable } from "../contract/document/load.ts";
import { CertificateUnusable } from "../http/server/tls.ts";
import { ContractRefused } from "../service/served-contract.ts";
import { StoreUnusable } from "../store/database/database.ts";
import { StoreFailure } from "../store/database/failure.ts";
import { auditCommand } from "./commands/audit.ts";
import { backupCommand, restoreCommand } from "./commands/backup.ts";
import { clientsCommand } from "./commands/clients.ts";
import { contractCommand } from "./commands/contract.ts";
import { explainCommand } from "./commands/explain.ts";
import { initCommand } from "./commands/init.ts";
import { keysCommand } from "./commands/keys.ts";
import { type ServeSession, serveCommand } from "./commands/serve.ts";
import { usageCommand } from "./commands/usage.ts";
import { CommandFailed, UsageError } from "./failure.ts";
import { type Output, printable } from "./output.ts";

const DONE = 0;
const FAILED = 1;
const MISUSED = 2;

/**
 * Runs the command that `words` spell, and returns its exit code: 0 done, 1 failed, 2 not understood.
 * @param words what stands after `latchkey`.
 */
export async function runProgram(words: readonly string[], process: ServeSession): Promise<number> {
  const session = printable(process);
  try {
    await createProgram(session, process.out).parseAsync([...words], { from: "user" });
    return DONE;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : MISUSED;
    session.err(`${explain(error).trimEnd()}\n`);
    return error instanceof UsageError ? MISUSED : FAILED;
  }
}

/** @param outAsItIs for what is a file of its own: nothing else may be written through it. */
function createProgram(session: ServeSession, outAsItIs: Output["out"]): Command {
  const program = new Command("latchkey").description("Puts an HTTP API behind API keys.");
  for (const command of [
    serveCommand,
    clientsCommand,
    keysCommand,
    usageCommand,
    explainCommand,
    auditCommand,
    contractCommand,
    (one: ServeSession) => initCommand(one, outAsItIs),
    backupCommand,
    restoreCommand,
  ])
    program.addCommand(command(session));
  withoutExit(program, session);
  return program;
}

/** Commander would end the process and write past us; both are the caller's. */
function withoutExit(command: Command, { out, err }: ServeSession) {
  command.exitOverride().configureOutput({ writeOut: out, writeErr: err }).showHelpAfterError("(add --help for help)");
  for (const child of command.commands) withoutExit(child, { out, err } as ServeSession);
}

/** What went wrong, for the person at the terminal. */
function explain(error: unknown): string {
  if (error instanceof ContractRefused || error instanceof ContractUnreadable) {
    return `${error.message}\n${toLines(error.file, error.findings)}`;
  }
  if (SPEAKING_FOR_THEMSELVES.some((kind) => error instanceof kind)) return (error as Error).message;
  if (error instanceof StoreFailure) return explainStore(error);

  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === "ERR_SQLITE_ERROR" && message.startsWith("no such ")) {
    return `The database lacks a part (${message}), so it was changed past the service: restore a backup.`;
  }
  return (code !== undefined && SYSTEM_ERRORS[code]) || stack || message;
}

function explainStore({ isBusy, cause }: StoreFailure): string {
  if (isBusy) return "Another process holds the database; try again in a moment.";
  return `The database cannot be read or written (${(cause as Error).message}): check the disk, or restore a backup.`;
}

/** Errors whose message is one line for the operator, with the cure. */
const SPEAKING_FOR_THEMSELVES = [UsageError, CommandFailed, StoreUnusable, CertificateUnusable, ClusterUnusable];

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: "The port is taken: end the other program, or choose another one with PORT=9000.",
  EACCES: "This user may not listen on the port: choose one above 1023 with PORT=9000.",
  EADDRNOTAVAIL: "HOST is no address of this machine: leave it out, or set it to 127.0.0.1 or 0.0.0.0.",
  ENOTFOUND: "HOST is no name that can be resolved: leave it out, or set it to 127.0.0.1 or 0.0.0.0.",
};
