import { Command } from "commander";
import type { JsonOption } from "../output.ts";
import type { Session } from "../session.ts";

export function explainCommand(session: Session): Command {
  return new Command("explain")
    .description("say why a request was refused: which check failed, and the line of the contract that asks for it")
    .argument("<request-id>", "the requestId of the response, such as req_5Hq0ZkX0b1TnVd4sWcYe")
    .option("--json", "print JSON")
    .action(async (requestId: string, options: JsonOption) =>
      (await import("../commands/explain.ts")).explainRefusal(session, requestId, options),
    );
}
