import type { Config } from "../../config/config.ts";
import { ContractUnreadable } from "../../contract/document/contract-unreadable.ts";
import type { Finding } from "../../contract/document/finding.ts";
import type { BuiltInContract } from "../../service/built-in-contract.ts";
import { loadServedContract } from "../../service/served-contract.ts";

/** What the contract of the settings is worth. */
export type ContractFacts = {
  /** Undefined: the built-in contract. */
  readonly file: string | undefined;
} & (
  | { readonly kind: "sound"; readonly operations: number; readonly warnings: number; readonly prefix: string }
  | { readonly kind: "refused"; readonly findings: readonly Finding[] }
);

export async function findContract(config: Config, builtIn: BuiltInContract): Promise<ContractFacts> {
  const file = config.contract.path;
  try {
    // An upstream may be missing here because a host app handles the operations.
    const parsed = await loadServedContract(config, builtIn, { hasHostApp: true });
    if (parsed.kind === "refused") return { kind: "refused", file, findings: parsed.findings };
    const { operations, builtInOperations, prefix } = parsed.contract;
    const own = operations.filter(({ id }) => file === undefined || !Object.hasOwn(builtInOperations, id));
    return { kind: "sound", file, operations: own.length, warnings: parsed.warnings.length, prefix };
  } catch (error) {
    if (error instanceof ContractUnreadable) return { kind: "refused", file, findings: error.findings };
    throw error;
  }
}
