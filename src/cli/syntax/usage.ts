import { Command, Option } from "commander";
import { GROUPINGS } from "../../usage/groupings.ts";
import { BUCKETS } from "../../usage/series.ts";
import type { UsageOptions } from "../commands/usage.ts";
import { gather } from "../option-values.ts";
import type { Session } from "../session.ts";
import { wideOption } from "./shared-options.ts";

export function usageCommand(session: Session): Command {
  return new Command("usage")
    .description("see which client calls what, how often, and why requests were refused")
    .option("--from <start>", "the start: 24h, 7d or 1mo ago, or 2027-01-31 or 2027-01-31T12:00:00Z", "24h")
    .option("--to <end>", "the end, in the same forms; a date includes that day; now if left out")
    .addOption(new Option("--bucket <bucket>", "how long each point is").choices(BUCKETS).default("hour"))
    .option("--group-by <names>", `up to three of ${GROUPINGS.join(", ")}, separated by commas`, gather, [])
    .option("--client <client>", "id or name: only calls by this client")
    .option("--key <id>", "only calls with this key")
    .option("--operation <operationId>", "only calls of this operation")
    .option("--environment <environment>", "only calls with live or with test keys")
    .option("--code <code>", "only responses with this problem, such as scope-missing")
    .addOption(wideOption())
    .option("--json", "print JSON")
    .option("--csv", "print CSV")
    .addHelpText("after", EXAMPLES)
    .action(async (options: UsageOptions) => (await import("../commands/usage.ts")).showUsage(session, options));
}

const EXAMPLES = `
Examples:
  latchkey usage --group-by client
  latchkey usage --client my-app --from 7d --group-by operation,statusClass`;
