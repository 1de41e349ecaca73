import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { judgeContract, type Verdict } from "../../contract/checks/checks.ts";
import { toLines } from "../../contract/document/finding.ts";
import { ContractUnreadable } from "../../contract/document/load.ts";
import { loadUserContract } from "../../contract/user/load-user-contract.ts";
import { HANDLED_OPERATIONS } from "../../http/handlers/handlers.ts";
import { CONTRACT, loadBuiltInContract } from "../../service/served-contract.ts";
import { CommandFailed } from "../failure.ts";
import { toJson } from "../output.ts";
import type { Session } from "../session.ts";

export function contractCommand(session: Session): Command {
  const contract = new Command("contract").description("check contracts");

  contract
    .command("check")
    .description("find everything in a contract that would stop the start")
    .argument("[file]", "an OpenAPI 3.1 or 3.0 document, YAML or JSON; left out, the service's own, handlers included")
    .option("--lenient", "with a file: what is merely unbounded or unchecked is a warning")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  latchkey contract check\n  latchkey contract check their-openapi.yaml")
    .action((file: string | undefined, options: CheckOptions) => check(session, file, options));

  return contract;
}

type CheckOptions = { readonly json?: true; readonly lenient?: boolean };

async function check(session: Session, file: string | undefined, { json, lenient = false }: CheckOptions) {
  const name = file ?? fileURLToPath(CONTRACT);
  const { findings, warnings } = await verdictOn(file, lenient);
  if (json) session.out(toJson({ findings, warnings }));
  else {
    session.out(toLines(name, warnings, "warning: "));
    session.out(findings.length === 0 ? `${name}: nothing to object to\n` : toLines(name, findings));
  }

  if (findings.length > 0)
    throw new CommandFailed(`${name} has ${findings.length} ${findings.length === 1 ? "finding" : "findings"}.`);
}

async function verdictOn(file: string | undefined, isLenient: boolean): Promise<Verdict> {
  const own = loadBuiltInContract();
  try {
    if (file === undefined || resolve(file) === fileURLToPath(CONTRACT))
      return judgeContract(own, { handlers: HANDLED_OPERATIONS });
    // Where it will be served from is not its own matter.
    return await loadUserContract(file, own.document, { isLenient, isAnswered: true });
  } catch (error) {
    if (error instanceof ContractUnreadable) return { findings: error.findings, warnings: [] };
    throw error;
  }
}
