import type { Config } from "../config/config.ts";
import { type LoadedDocument, loadDocument } from "../contract/document/load.ts";

/** The file of the built-in contract. */
export const CONTRACT = new URL("../../openapi.yaml", import.meta.url);

export function loadBuiltInContract(): LoadedDocument {
  return loadDocument(CONTRACT);
}

/** The served contract without its findings, for commands that only read it: the service checks it at its start. */
export async function readServedContract(
  { contract: { path, isLenient } }: Pick<Config, "contract">,
  builtIn: LoadedDocument,
) {
  if (path === undefined) return builtIn;
  // Most commands run on the built-in contract and need none of this.
  const { loadUserContract } = await import("../contract/user/load-user-contract.ts");
  return (await loadUserContract(path, builtIn.document, { isLenient, isAnswered: true })).contract;
}
