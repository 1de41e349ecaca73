import { getCompileCacheDir } from "node:module";
import { join } from "node:path";
import type { Config } from "../config/config.ts";
import type { ParsedContract } from "../contract/checks/checks.ts";
import { type Finding, folded } from "../contract/document/finding.ts";
import { wayOut } from "../contract/document/way-out.ts";
import { openContractCache } from "../contract/user/contract-cache.ts";
import { toUserContract } from "../contract/user/kept-contract.ts";
import { type BuiltInContract, parseBuiltInContract } from "./built-in-contract.ts";

/** The contract has findings that stop the start. */
export class ContractRefused extends Error {
  readonly file: string;
  readonly findings: readonly Finding[];

  constructor(file: string, findings: readonly Finding[], options?: ErrorOptions) {
    super(`The contract has findings that stop the start.${wayOut(file, findings)}${allHint(file, findings)}`, options);
    this.file = file;
    this.findings = findings;
  }
}

function allHint(file: string, findings: readonly Finding[]): string {
  return folded(findings).length < findings.length ? ` latchkey contract check --all ${file} lists each.` : "";
}

type ServedContractOptions = {
  /** A host app handles the operations that have no upstream. */
  readonly hasHostApp: boolean;
  /** Where sound user contracts are kept between starts. Default: beside the compiled code, if that is kept. */
  readonly cacheFolder?: string | undefined;
};

function besideCompiledCode(): string | undefined {
  const folder = getCompileCacheDir();
  return folder === undefined ? undefined : join(folder, "contracts");
}

/**
 * Loads and checks the contract that is served: the user contract merged with the built-in operations, or the built-in
 * contract where the settings name no other.
 * @throws ContractUnreadable
 */
export async function loadServedContract(
  { contract: { path, isStrict, upstream } }: Pick<Config, "contract">,
  builtIn: BuiltInContract,
  { hasHostApp, cacheFolder = besideCompiledCode() }: ServedContractOptions,
): Promise<ParsedContract> {
  if (path === undefined) return { kind: "sound", contract: parseBuiltInContract(builtIn), warnings: [] };
  const options = { isStrict, hasUpstream: hasHostApp || upstream !== undefined };
  const cache = openContractCache(cacheFolder, { path, builtIn: builtIn.text, ...options });
  const known = cache.find();
  if (known !== undefined) return { kind: "sound", contract: toUserContract(known), warnings: known.warnings };
  // Most starts need none of this.
  const { loadUserContract } = await import("../contract/user/load-user-contract.ts");
  const { kept, ...parsed } = await loadUserContract(path, builtIn.document, options);
  if (kept !== undefined) cache.keep(kept);
  return parsed;
}
