import { Command } from "commander";
import type { InitOptions } from "../commands/init/init.ts";
import type { ServeSession } from "../commands/serve.ts";
import type { InitSession } from "../session.ts";

export function initCommand(session: InitSession & ServeSession): Command {
  return new Command("init")
    .description("write a copy of your contract that says which key may call what, and start the service on it")
    .argument("<file>", "an OpenAPI document, YAML or JSON: a file, or a URL of your API")
    .option("--upstream <url>", "where your API is, such as http://127.0.0.1:5000: starts the service in front of it")
    .option("--keys <scheme>", "the security scheme that carries keys; default: the API key that the contract declares")
    .option("--out <file>", "where to write it: by default NAME.latchkey.yaml beside the file; - for the output")
    .option("--force", "overwrite an existing file")
    .option("--all", "list each decision")
    .option("--json", "print JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, options: InitOptions) =>
      (await import("../commands/init/init.ts")).initContract(session, file, options),
    );
}

const EXAMPLES = `
Examples:
  latchkey init your-openapi.yaml
  latchkey init http://127.0.0.1:8000/openapi.json --upstream http://127.0.0.1:8000`;
