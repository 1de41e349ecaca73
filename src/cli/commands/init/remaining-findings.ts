import { ContractUnreadable } from "../../../contract/document/contract-unreadable.ts";
import { type Finding, folded, toLines } from "../../../contract/document/finding.ts";
import { loadUserContract } from "../../../contract/user/load-user-contract.ts";
import { loadBuiltInContract } from "../../../service/built-in-contract.ts";
import { CommandFailed } from "../../failure.ts";

/** What still stops the start with the contract in `file`. */
export async function findingsIn(file: string): Promise<readonly Finding[]> {
  try {
    const { document } = loadBuiltInContract();
    // Whether an upstream is set is a matter of the settings.
    const parsed = await loadUserContract(file, document, { isStrict: false, hasUpstream: true });
    return parsed.kind === "refused" ? parsed.findings : [];
  } catch (error) {
    if (error instanceof ContractUnreadable) return error.findings;
    throw error;
  }
}

/** @throws CommandFailed with what a person has to correct. */
export function requireNoFindings(file: string, findings: readonly Finding[], serve: string) {
  if (findings.length === 0) return;
  const few = folded(findings);
  throw new CommandFailed(
    `${few.length === 1 ? "One thing stops the start. Correct it" : `${few.length} things stop the start. Correct them`} in ${file}:\n${toLines(file, few)}Then: ${serve}`,
  );
}
