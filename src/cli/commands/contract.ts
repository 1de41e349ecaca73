import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { checkContract } from "../../contract/checks.ts";
import type { Finding } from "../../contract/finding.ts";
import { ContractUnreadable, loadContract } from "../../contract/load.ts";
import { handledOperations } from "../../http/handlers.ts";
import { CONTRACT } from "../../serve.ts";
import { CommandFailed } from "../failure.ts";
import { toJson } from "../output.ts";
import type { Session } from "../session.ts";

export function contractCommand(session: Session): Command {
  const contract = new Command("contract").description("check contracts");

  contract
    .command("check")
    .description("find everything in a contract that would stop the start")
    .argument("[file]", "an OpenAPI 3.1 document, YAML or JSON; left out, the service's own, handlers included")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  latchkey contract check\n  latchkey contract check their-openapi.yaml")
    .action((file: string | undefined, options: { json?: true }) => check(session, file, options));

  return contract;
}

function check(session: Session, file: string | undefined, { json }: { json?: true }) {
  const name = file ?? fileURLToPath(CONTRACT);
  const findings = findingsIn(file);
  if (json) session.out(toJson({ findings }));
  else session.out(findings.length === 0 ? `${name}: nothing to object to\n` : toLines(name, findings));

  if (findings.length > 0)
    throw new CommandFailed(`${name} has ${findings.length} ${findings.length === 1 ? "finding" : "findings"}.`);
}

function findingsIn(file: string | undefined): readonly Finding[] {
  try {
    return file === undefined
      ? checkContract(loadContract(CONTRACT), handledOperations())
      : checkContract(loadContract(file));
  } catch (error) {
    if (error instanceof ContractUnreadable) return error.findings;
    throw error;
  }
}

/** `file:line: message`, which editors and terminals make into links. */
export function toLines(name: string, findings: readonly Finding[]): string {
  return findings.map(({ line, message }) => `${name}:${line}: ${message}\n`).join("");
}
