import { Command } from "commander";
import type { LimitOptions } from "../commands/limits.ts";
import { gather } from "../option-values.ts";
import type { Session } from "../session.ts";

/** `keys limits` or `clients limits`: other limits than those of the plan. */
export function limitsCommand(session: Session, holder: "key" | "client"): Command {
  const words = holder === "key" ? "latchkey keys limits key_4Tz0ZkX0b1TnVd4sWcYe" : "latchkey clients limits my-app";
  return new Command("limits")
    .description(`let a ${holder} call more, or less, than its plan allows, from the next request on`)
    .argument(holder === "key" ? "<id>" : "<client>", holder === "key" ? "public id" : "id or name")
    .option("--set <terms>", "such as perKey=1000/60s, perKey=1000/60s+50 for a burst of 50, or monthly=50000", gather)
    .option("--unlimited", "no limit and no quota applies")
    .option("--as-planned", "the plan applies again")
    .option(
      "--until <end>",
      "when the plan applies again: in 90d, 12h or 6mo, after 2027-01-31, or at 2027-01-31T12:00:00Z",
    )
    .option("--json", "print JSON")
    .addHelpText("after", `\nExamples:\n  ${words} --set perKey=1000/60s --until 7d\n  ${words} --as-planned`)
    .action(async (id: string, options: LimitOptions) => {
      const { limitClient, limitKey } = await import("../commands/limits.ts");
      return holder === "key" ? limitKey(session, id, options) : limitClient(session, id, options);
    });
}
