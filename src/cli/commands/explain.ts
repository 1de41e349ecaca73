import { Command } from "commander";
import { viewOfDecision } from "../../admin/views.ts";
import { findDecision } from "../../store/decisions.ts";
import { CommandFailed } from "../failure.ts";
import { toJson, toSheet } from "../output.ts";
import { configOf, type Session, withActions } from "../session.ts";
import type { JsonOption } from "./rotation.ts";

export function explainCommand(session: Session): Command {
  return new Command("explain")
    .description("say why a request was refused: which check failed, and the line of the contract that asks for it")
    .argument("<request-id>", "the requestId of the answer, such as req_5Hq0ZkX0b1TnVd4sWcYe")
    .option("--json", "print JSON")
    .action((requestId: string, options: JsonOption) => explain(session, requestId, options));
}

async function explain(session: Session, requestId: string, { json }: JsonOption) {
  const decision = await withActions(session, ({ db }) => findDecision(db, requestId));
  if (decision === undefined)
    throw new CommandFailed(
      `No request ${requestId} was refused, or others were refused since; the service's log may know more.`,
    );
  const view = viewOfDecision(decision);
  if (json) return session.out(toJson(view));
  const file = configOf(session.environment).contract.path ?? "openapi.yaml";
  const { status, code, check, detail, at, method, operation, line, clientId, keyId, address } = view;
  session.out(
    toSheet({
      request: requestId,
      at,
      answer: `${status} ${code}`,
      "check that failed": check,
      "what was told": detail,
      operation: operation === "" ? `none (${method})` : `${method} ${operation}`,
      ...(line > 0 && { contract: `${file}:${line}` }),
      ...(keyId !== "" && { key: keyId }),
      ...(clientId !== "" && { client: clientId }),
      from: address,
    }),
  );
}
