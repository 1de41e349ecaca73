import { getCompileCacheDir } from "node:module";
import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { type Finding, folded } from "../contract/document/finding.ts";
import { wayOut } from "../contract/document/way-out.ts";
import { openContractCache } from "../contract/user/contract-cache.ts";
import { type KeptContracts, toUserContract } from "../contract/user/kept-contract.ts";
import type { ParsedUserContract } from "../contract/user/load-user-contract.ts";
import { withoutAdministration, withoutExamples } from "../contract/user/merge/built-in-part.ts";
import { commandText } from "../lib/command-text.ts";
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
  return folded(findings).length < findings.length ? ` ${commandText(`contract check --all ${file}`)} lists each.` : "";
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
  { contract: { path, isStrict, upstream }, transport: { adminListen } }: Pick<Config, "contract" | "transport">,
  builtIn: BuiltInContract,
  { hasHostApp, cacheFolder = besideCompiledCode() }: ServedContractOptions,
): Promise<ParsedUserContract> {
  const hasAdminListener = adminListen !== undefined;
  if (path === undefined) return toBuiltIn(builtIn, hasAdminListener);
  const options = { isStrict, hasUpstream: hasHostApp || upstream !== undefined, hasAdminListener };
  const cache = openContractCache(cacheFolder, { path, builtIn: builtIn.text, ...options });
  const known = cache.find();
  if (known !== undefined) return toSound(known);
  // Most starts need none of this.
  const { loadUserContract } = await import("../contract/user/load-user-contract.ts");
  const parsed = await loadUserContract(path, builtIn.document, options);
  if (parsed.kind === "sound" && parsed.kept !== undefined) cache.keep(parsed.kept);
  return parsed;
}

function toBuiltIn(builtIn: BuiltInContract, hasAdminListener: boolean): ParsedUserContract {
  if (!hasAdminListener) {
    return { kind: "sound", contract: parseBuiltInContract(builtIn), administration: undefined, warnings: [] };
  }
  const contract = parseBuiltInContract(builtIn, withoutAdministration);
  const administration = parseBuiltInContract(builtIn, withoutExamples);
  return { kind: "sound", contract, administration, warnings: [] };
}

function toSound({ served, administration, warnings }: KeptContracts): ParsedUserContract {
  return {
    kind: "sound",
    contract: toUserContract(served),
    administration: administration && toUserContract(administration),
    warnings,
  };
}
