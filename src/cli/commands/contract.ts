import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CONTRACT, STRICT } from "../../config/contract-settings.ts";
import type { EnvironmentVariables } from "../../config/setting.ts";
import { ADMIN_LISTEN } from "../../config/transport-settings.ts";
import { type ParsedContract, parseContract } from "../../contract/checks/checks.ts";
import { ContractUnreadable } from "../../contract/document/contract-unreadable.ts";
import { type Finding, folded, toLines } from "../../contract/document/finding.ts";
import { loadDocument } from "../../contract/document/load.ts";
import { wayOut } from "../../contract/document/way-out.ts";
import type { Contract } from "../../contract/model/contract.ts";
import { loadUserContract, type UserContractOptions } from "../../contract/user/load-user-contract.ts";
import { HANDLED_OPERATIONS } from "../../http/handlers/handlers.ts";
import { BUILT_IN_CONTRACT } from "../../service/built-in-contract.ts";
import { CommandFailed } from "../failure.ts";
import { type JsonOption, toJson } from "../output.ts";
import { type Session, settingTextsOf } from "../session.ts";
import type { StrictnessOptions } from "../syntax/shared-options.ts";
import { type Report, withProgress } from "../terminal/progress.ts";

export type CheckOptions = JsonOption & StrictnessOptions & { readonly all?: true };

/**
 * Prints what is wrong with a contract; fails if that would stop the start.
 * @param wanted undefined: the contract of the settings.
 */
export async function checkContract(session: Session, wanted: string | undefined, options: CheckOptions) {
  const { texts } = await settingTextsOf(session);
  const file = wanted ?? (texts[CONTRACT.name] || undefined);
  const name = file ?? fileURLToPath(BUILT_IN_CONTRACT);
  const { parsed, findings } = await withProgress(
    { ...session, isBlocking: true },
    `Checking ${name}`,
    async ({ report }) => {
      const parsed = await parse(file, {
        isStrict: isStrict(texts, options),
        hasAdminListener: Boolean(texts[ADMIN_LISTEN.name]),
      });
      return {
        parsed,
        findings: parsed.kind === "refused" ? parsed.findings : await compileFindings(parsed.contract, report),
      };
    },
  );
  const { warnings } = parsed;
  if (options.json) {
    session.out(toJson({ findings, warnings }));
  } else {
    const shown = options.all ? (some: readonly Finding[]) => some : folded;
    session.out(toLines(name, shown(warnings), "warning: "));
    session.out(findings.length === 0 ? `${name}: ${soundText(parsed)}\n` : toLines(name, shown(findings)));
  }
  if (findings.length === 0) return;
  const isFolded = !options.all && folded(findings).length < findings.length;
  throw new CommandFailed(
    `${name} has ${countOf(findings, "finding")}.${isFolded ? " --all lists each." : ""}${wayOut(name, findings)}`,
  );
}

function isStrict(texts: EnvironmentVariables, { strict, lenient }: CheckOptions): boolean {
  if (strict || lenient) return strict === true;
  return STRICT.schema.safeParse(texts[STRICT.name]).data === true;
}

function countOf({ length }: readonly unknown[], noun: string): string {
  return `${length} ${length === 1 ? noun : `${noun}s`}`;
}

/** What only shows when every operation is compiled. A service compiles an operation when it is first needed. */
async function compileFindings(contract: Contract, report: Report): Promise<readonly Finding[]> {
  const { compileOperations } = await import("../../http/stages/validator/compile-operations.ts");
  const errors = await compileOperations(contract, (done) => report(done, contract.operations.length));
  return errors.map(({ operationId, aspect, message }) => ({
    line: contract.sourceLines.lineOf(operationId, aspect),
    message: `${operationId}: ${message}`,
  }));
}

function soundText(parsed: ParsedContract): string {
  const count = parsed.kind === "sound" ? parsed.contract.operations.length : 0;
  const warnings = parsed.warnings.length > 0 ? ` that stop the start, ${countOf(parsed.warnings, "warning")}` : "";
  return `no findings${warnings}; the schemas of all ${count} operations compile`;
}

async function parse(
  file: string | undefined,
  options: Pick<UserContractOptions, "isStrict" | "hasAdminListener">,
): Promise<ParsedContract> {
  const own = loadDocument(BUILT_IN_CONTRACT);
  try {
    if (file === undefined || resolve(file) === fileURLToPath(BUILT_IN_CONTRACT))
      return parseContract(own, { handlers: HANDLED_OPERATIONS });
    // The file alone is checked: whether an upstream is set is a matter of the settings.
    return await loadUserContract(file, own.document, { ...options, hasUpstream: true });
  } catch (error) {
    if (error instanceof ContractUnreadable) return { kind: "refused", findings: error.findings, warnings: [] };
    throw error;
  }
}
