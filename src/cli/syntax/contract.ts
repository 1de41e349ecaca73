import { Command } from "commander";
import type { CheckOptions } from "../commands/contract.ts";
import type { ObserveOptions } from "../commands/observe.ts";
import type { Session } from "../session.ts";
import { lenientOption, strictOption } from "./shared-options.ts";

export function contractCommand(session: Session): Command {
  const contract = new Command("contract").description("check contracts, and see what requests violate");

  contract
    .command("check")
    .description("find everything in a contract that would stop the start")
    .argument(
      "[file]",
      "an OpenAPI 3.1 or 3.0 document, YAML or JSON; if left out, that of the settings, or the built-in one",
    )
    .addOption(strictOption("with a file: what is unbounded or untidy is a finding, not a warning (LATCHKEY_STRICT)"))
    .addOption(lenientOption())
    .option("--all", "list each finding and warning, also where many are alike")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  latchkey contract check\n  latchkey contract check your-openapi.yaml\n  latchkey contract check --strict --all your-openapi.yaml",
    )
    .action(async (file: string | undefined, options: CheckOptions) =>
      (await import("../commands/contract.ts")).checkContract(session, file, options),
    );

  contract
    .command("observe")
    .description("show how requests do not match the contract, where it says requests: report")
    .option("--operation <operation>", "only those of this operation")
    .option("--overlay", "print changes of the contract that allow these requests, as an OpenAPI Overlay")
    .option("--clear", "forget what was counted")
    .option("--yes", "with --clear: do not ask")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  latchkey contract observe\n  latchkey contract observe --operation createOrder --json\n  latchkey contract observe --overlay > overlay.yaml",
    )
    .action(async (options: ObserveOptions) =>
      (await import("../commands/observe.ts")).observeContract(session, options),
    );

  return contract;
}
