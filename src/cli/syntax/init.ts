import { Command } from "commander";
import type { InitOptions } from "../commands/init.ts";
import type { InitSession } from "../session.ts";

export function initCommand(session: InitSession): Command {
  return new Command("init")
    .description("write a copy of your contract that says which key may call what")
    .argument("<file>", "an OpenAPI 3.1 or 3.0 document, YAML or JSON")
    .option("--out <file>", "where to write it: by default NAME.latchkey.yaml beside the file; - for the output")
    .option("--force", "overwrite an existing file")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey init your-openapi.yaml")
    .action(async (file: string, options: InitOptions) =>
      (await import("../commands/init.ts")).initContract(session, file, options),
    );
}
