import { Command } from "commander";
import type { CheckOptions } from "../commands/contract.ts";
import type { Session } from "../session.ts";
import { lenientOption, strictOption } from "./strictness.ts";

export function contractCommand(session: Session): Command {
  const contract = new Command("contract").description("check contracts");

  contract
    .command("check")
    .description("find everything in a contract that would stop the start")
    .argument("[file]", "an OpenAPI 3.1 or 3.0 document, YAML or JSON; if left out, the built-in contract")
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

  return contract;
}
