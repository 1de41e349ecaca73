import { styleText } from "node:util";
import { Command, CommanderError, Help } from "commander";
import type { Setting } from "../config/setting.ts";
import type { ServeSession } from "./commands/serve.ts";
import { CommandFailed, UsageError } from "./failure.ts";
import { printable } from "./output.ts";
import type { InitSession } from "./session.ts";
import { auditCommand } from "./syntax/audit.ts";
import { backupCommand, restoreCommand } from "./syntax/backup.ts";
import { clientsCommand } from "./syntax/clients.ts";
import { completionCommand } from "./syntax/completion.ts";
import { configCommand } from "./syntax/config.ts";
import { contractCommand } from "./syntax/contract.ts";
import { explainCommand } from "./syntax/explain.ts";
import { initCommand } from "./syntax/init.ts";
import { keysCommand } from "./syntax/keys.ts";
import { plansCommand, scopesCommand } from "./syntax/policy.ts";
import { serveCommand } from "./syntax/serve.ts";
import { doctorCommand, statusCommand } from "./syntax/status.ts";
import { usageCommand } from "./syntax/usage.ts";
import { readVersion } from "./version.ts";

const DONE = 0;
const FAILED = 1;
const MISUSED = 2;

/** How wide help is in a file or a pipe. */
const PLAIN_HELP_COLUMNS = 100;

/** What the process gives; `printable` adds what it takes to print with colours. */
export type ProcessSession = Omit<ServeSession, "show">;

/**
 * Runs the command that `words` name, and returns its exit code: 0 done, 1 failed, 2 not understood. Only the modules
 * of that command are loaded: syntax/ knows words and options, commands/ is imported when a command runs.
 * @param words what follows `latchkey`.
 * @param unescaped the session of the process. Commands get one that escapes what it prints.
 */
export async function runProgram(words: readonly string[], unescaped: ProcessSession): Promise<number> {
  const options: Record<string, string> = {};
  const session = { ...printable(unescaped), rawOut: unescaped.out, options };
  try {
    // Help is written synchronously, so the settings that it lists are loaded first.
    const settings = words.includes("serve") ? (await import("../config/config.ts")).SETTINGS : [];
    const program = createProgram(session, settings);
    program.on("option:config", (file: string) => {
      options["LATCHKEY_CONFIG"] = file;
    });
    await program.parseAsync([...words], { from: "user" });
    return DONE;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : MISUSED;
    session.err(`${(await explain(error)).trimEnd()}\n`);
    return error instanceof UsageError ? MISUSED : FAILED;
  }
}

function createProgram(session: ServeSession & InitSession, settings: readonly Setting<unknown>[]): Command {
  const program = new Command("latchkey")
    .description("Puts an HTTP API behind API keys.")
    .version(readVersion(), "-V, --version", "print the version")
    .option("--config <file>", "the settings file, for every command; default: latchkey.yaml (LATCHKEY_CONFIG)");
  program
    .addCommand(serveCommand(session, settings))
    .addCommand(statusCommand(session))
    .addCommand(doctorCommand(session))
    .addCommand(clientsCommand(session))
    .addCommand(keysCommand(session))
    .addCommand(plansCommand(session))
    .addCommand(scopesCommand(session))
    .addCommand(usageCommand(session))
    .addCommand(explainCommand(session))
    .addCommand(auditCommand(session))
    .addCommand(contractCommand(session))
    .addCommand(configCommand(session))
    .addCommand(initCommand(session))
    .addCommand(backupCommand(session))
    .addCommand(restoreCommand(session))
    .addCommand(completionCommand(session));
  withoutExit(program, session);
  return program;
}

/** By default Commander ends the process and writes to its output; here both are up to the caller. */
function withoutExit(command: Command, output: Pick<InitSession, "rawOut" | "err" | "screen">) {
  const { rawOut, err, screen } = output;
  const helpWidth = () => screen.columns ?? PLAIN_HELP_COLUMNS;
  command
    .exitOverride()
    .configureOutput({
      // Help has no foreign text, so its colours need not be escaped. Errors quote what was typed.
      writeOut: rawOut,
      writeErr: err,
      getOutHelpWidth: helpWidth,
      getErrHelpWidth: helpWidth,
      getOutHasColors: () => screen.hasColors,
      getErrHasColors: () => false,
    })
    .configureHelp({
      styleTitle: (title) => styleText("bold", title, { validateStream: false }),
      // Nothing gathered yet: of no interest to people.
      optionDescription: (option) => new Help().optionDescription(option).replace(" (default: [])", ""),
    })
    .showHelpAfterError("(add --help for help)");
  for (const child of command.commands) withoutExit(child, output);
}

/** The text of an error for the person at the terminal. */
async function explain(error: unknown): Promise<string> {
  if (error instanceof UsageError || error instanceof CommandFailed) return error.message;
  return (await import("./error-text.ts")).errorText(error);
}
