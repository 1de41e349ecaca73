import { Command } from "commander";
import type { JsonOption } from "../output.ts";
import type { Session } from "../session.ts";

export function statusCommand(session: Session): Command {
  return new Command("status")
    .description("see what is in force: settings, contract, database, running service, last backup")
    .option("--json", "print JSON")
    .action(async (options: JsonOption) => (await import("../commands/status.ts")).showStatus(session, options));
}

export function doctorCommand(session: Session): Command {
  return new Command("doctor")
    .description("find what is wrong on this machine, and how to fix it; exits with 1 where there is a problem")
    .option("--json", "print JSON")
    .action(async (options: JsonOption) => (await import("../commands/doctor.ts")).diagnose(session, options));
}
