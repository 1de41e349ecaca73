import { Command } from "commander";
import type { Setting } from "../../config/setting.ts";
import type { ServeOptions, ServeSession } from "../commands/serve.ts";
import { toSheet } from "../output.ts";
import { lenientOption, strictOption } from "./shared-options.ts";

type Settings = readonly Setting<unknown>[];

/** @param settings what the help lists. */
export function serveCommand(session: ServeSession, settings: Settings): Command {
  return new Command("serve")
    .description("start the service")
    .option("--port <port>", "the port to listen on; 0 chooses a free one (PORT)")
    .option("--host <address>", "the address to listen on, such as 0.0.0.0 (HOST)")
    .option("--contract <file>", "the OpenAPI document of your own API (LATCHKEY_CONTRACT)")
    .option("--upstream <url>", "where your API is, such as http://127.0.0.1:5000 (LATCHKEY_UPSTREAM)")
    .addOption(strictOption("refuse to start when something there is unbounded or untidy (LATCHKEY_STRICT)"))
    .addOption(lenientOption())
    .option("--workers <count>", "how many processes serve, for more than one core (LATCHKEY_WORKERS)")
    .addHelpText(
      "after",
      `\nSettings (environment variables):\n${toSettingsSheet(settings)}\nExample:\n  latchkey serve --port 9000`,
    )
    .action(async (options: ServeOptions) => (await import("../commands/serve.ts")).runService(session, options));
}

function toSettingsSheet(settings: Settings): string {
  const entries = settings.map(({ name, fallback, meaning }) => [
    `  ${name}`,
    `${meaning} (default ${fallback || "none"})`,
  ]);
  return toSheet(Object.fromEntries(entries));
}
