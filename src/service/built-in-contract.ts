import type { Config } from "../config/config.ts";
import { type LoadedDocument, loadDocument } from "../contract/document/load.ts";
import { type ContractTerms, toContractTerms } from "../contract/model/contract-terms.ts";
import { toOutline } from "../contract/model/outline.ts";

/** The file of the built-in contract. */
export const BUILT_IN_CONTRACT = new URL("../../openapi.yaml", import.meta.url);

export function loadBuiltInContract(): LoadedDocument {
  return loadDocument(BUILT_IN_CONTRACT);
}

/** What commands take from the served contract. They do not check it: the service does at its start. */
export async function readServedTerms(
  { contract: { path, isLenient } }: Pick<Config, "contract">,
  builtIn: LoadedDocument,
): Promise<ContractTerms> {
  if (path === undefined) return toContractTerms(toOutline(builtIn.document));
  // Most commands run on the built-in contract and need none of this.
  const { loadUserTerms } = await import("../contract/user/load-user-contract.ts");
  return loadUserTerms(path, builtIn.document, isLenient);
}
