import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type ParsedContract, parseContract } from "../../contract/checks/checks.ts";
import { ContractUnreadable } from "../../contract/document/contract-unreadable.ts";
import { type Finding, toLines } from "../../contract/document/finding.ts";
import { loadDocument } from "../../contract/document/load.ts";
import type { Contract } from "../../contract/model/contract.ts";
import { loadUserContract } from "../../contract/user/load-user-contract.ts";
import { HANDLED_OPERATIONS } from "../../http/handlers/handlers.ts";
import { BUILT_IN_CONTRACT } from "../../service/built-in-contract.ts";
import { CommandFailed } from "../failure.ts";
import { type JsonOption, toJson } from "../output.ts";
import type { Session } from "../session.ts";

export type CheckOptions = JsonOption & { readonly lenient?: boolean };

/** Prints what is wrong with a contract; fails if that would stop the start. */
export async function checkContract(
  session: Session,
  file: string | undefined,
  { json, lenient = false }: CheckOptions,
) {
  const name = file ?? fileURLToPath(BUILT_IN_CONTRACT);
  const parsed = await parse(file, lenient);
  const { warnings } = parsed;
  const findings = parsed.kind === "refused" ? parsed.findings : await compileFindings(parsed.contract);
  if (json) {
    session.out(toJson({ findings, warnings }));
  } else {
    session.out(toLines(name, warnings, "warning: "));
    session.out(findings.length === 0 ? `${name}: ${soundText(parsed)}\n` : toLines(name, findings));
  }

  if (findings.length > 0)
    throw new CommandFailed(`${name} has ${findings.length} ${findings.length === 1 ? "finding" : "findings"}.`);
}

/** What only shows when every operation is compiled. A service compiles an operation when it is first needed. */
async function compileFindings(contract: Contract): Promise<readonly Finding[]> {
  const { compileOperations } = await import("../../http/stages/validator/compile-operations.ts");
  const errors = await compileOperations(contract);
  return errors.map(({ operationId, aspect, message }) => ({
    line: contract.sourceLines.lineOf(operationId, aspect),
    message: `${operationId}: ${message}`,
  }));
}

function soundText(parsed: ParsedContract): string {
  const count = parsed.kind === "sound" ? parsed.contract.operations.length : 0;
  return `no findings; the schemas of all ${count} operations compile`;
}

async function parse(file: string | undefined, isLenient: boolean): Promise<ParsedContract> {
  const own = loadDocument(BUILT_IN_CONTRACT);
  try {
    if (file === undefined || resolve(file) === fileURLToPath(BUILT_IN_CONTRACT))
      return parseContract(own, { handlers: HANDLED_OPERATIONS });
    // The file alone is checked: whether an upstream is set is a matter of the settings.
    return await loadUserContract(file, own.document, { isLenient, hasUpstream: true });
  } catch (error) {
    if (error instanceof ContractUnreadable) return { kind: "refused", findings: error.findings, warnings: [] };
    throw error;
  }
}
