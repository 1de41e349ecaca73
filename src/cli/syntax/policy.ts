import { Command } from "commander";
import type { JsonOption } from "../output.ts";
import type { Session } from "../session.ts";
import type { TableOptions } from "../terminal/table.ts";
import { wideOption } from "./shared-options.ts";

export function plansCommand(session: Session): Command {
  const plans = new Command("plans").description("see the plans that the contract declares");
  plans
    .command("list")
    .description("list plans, with their limits and quotas")
    .option("--json", "print JSON")
    .action(async (options: JsonOption) => (await import("../commands/policy.ts")).listPlans(session, options));
  return plans;
}

export function scopesCommand(session: Session): Command {
  const scopes = new Command("scopes").description("see the scopes that keys can have");
  scopes
    .command("list")
    .description("list scopes, and the operations that need them")
    .addOption(wideOption())
    .option("--json", "print JSON")
    .action(async (options: JsonOption & TableOptions) =>
      (await import("../commands/policy.ts")).listScopes(session, options),
    );
  return scopes;
}
