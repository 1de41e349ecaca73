import type { Config } from "../config/config.ts";
import type { ParsedContract } from "../contract/checks/checks.ts";
import type { Finding } from "../contract/document/finding.ts";
import { type BuiltInContract, parseBuiltInContract } from "./built-in-contract.ts";

/** The contract has findings that stop the start. */
export class ContractRefused extends Error {
  readonly file: string;
  readonly findings: readonly Finding[];

  constructor(file: string, findings: readonly Finding[], { mayBeLenient = false, cause }: RefusalOptions = {}) {
    super(`The contract has findings that stop the start${mayBeLenient ? LENIENT_HINT : ""}.`, { cause });
    this.file = file;
    this.findings = findings;
  }
}

type RefusalOptions = {
  /** The start was not lenient: a lenient one may report some of the findings as warnings. */
  readonly mayBeLenient?: boolean;
  readonly cause?: unknown;
};

const LENIENT_HINT = "; with LATCHKEY_LENIENT=true (--lenient), missing bounds and unchecked parts are only warnings";

type ServedContractOptions = {
  /** A host app handles the operations that have no upstream. */
  readonly hasHostApp: boolean;
};

/**
 * Loads and checks the contract that is served: the user contract merged with the built-in operations, or the built-in
 * contract where the settings name no other.
 * @throws ContractUnreadable
 */
export async function loadServedContract(
  { contract: { path, isLenient, upstream } }: Pick<Config, "contract">,
  builtIn: BuiltInContract,
  { hasHostApp }: ServedContractOptions,
): Promise<ParsedContract> {
  if (path === undefined) return { kind: "sound", contract: parseBuiltInContract(builtIn), warnings: [] };
  // Services that run on the built-in contract need none of this.
  const { loadUserContract } = await import("../contract/user/load-user-contract.ts");
  return loadUserContract(path, builtIn.document, { isLenient, hasUpstream: hasHostApp || upstream !== undefined });
}
