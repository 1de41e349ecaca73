import { Command } from "commander";
import type { JsonOption } from "../output.ts";
import type { Session } from "../session.ts";
import type { TableOptions } from "../terminal/table.ts";
import { wideOption } from "./shared-options.ts";

export function configCommand(session: Session): Command {
  const config = new Command("config").description("show the settings in force and where each comes from");

  config
    .command("show")
    .description("list each setting with its value, and where the value comes from; secrets are hidden")
    .addOption(wideOption())
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  latchkey config show\n  latchkey config show --config /etc/latchkey/latchkey.yaml",
    )
    .action(async (options: JsonOption & TableOptions) =>
      (await import("../commands/config.ts")).showConfig(session, options),
    );

  config
    .command("check")
    .description("find every mistake in the settings; exits with 1 where there is one")
    .action(async () => (await import("../commands/config.ts")).checkConfig(session));

  return config;
}
