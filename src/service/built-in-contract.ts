import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { ContractUnreadable } from "../contract/document/contract-unreadable.ts";
import type { JsonObject } from "../contract/document/json.ts";
import { type Contract, ownNames, toContract } from "../contract/model/contract.ts";
import { type ContractTerms, toContractTerms } from "../contract/model/contract-terms.ts";
import { toOutline } from "../contract/model/outline.ts";
import type { LineTable } from "../contract/model/source-lines.ts";

/** The file of the built-in contract. */
export const BUILT_IN_CONTRACT = new URL("../../openapi.yaml", import.meta.url);

/** `npm run generate` writes it. Reading it takes a hundredth of the time of parsing and checking the contract. */
const GENERATED_CONTRACT = new URL("../../openapi.gen.json", import.meta.url);

/** The built-in contract. It was checked when `openapi.gen.json` was generated. */
export type BuiltInContract = {
  readonly document: JsonObject;
  readonly lines: LineTable;
  /** The content of its file. */
  readonly text: string;
};

/** The content of `openapi.gen.json`. */
export type GeneratedContract = {
  /** Of the text that it was generated from. */
  readonly sha256: string;
  readonly document: JsonObject;
  readonly lines: LineTable;
};

/** @throws ContractUnreadable when the contract has changed since `npm run generate`. */
export function loadBuiltInContract(file: string | URL = BUILT_IN_CONTRACT): BuiltInContract {
  const text = readFileSync(file, "utf8");
  const generated: GeneratedContract = JSON.parse(readFileSync(GENERATED_CONTRACT, "utf8"));
  if (generated.sha256 !== sha256Of(text)) {
    const message = "openapi.gen.json was generated from another version of this file: run npm run generate";
    throw new ContractUnreadable(file, [{ line: 1, message }]);
  }
  return { document: generated.document, lines: generated.lines, text };
}

/** The SHA-256 of a contract's text. */
export function sha256Of(text: string): string {
  return hash("sha256", text, "hex");
}

/**
 * The built-in contract, as it is served where the settings name no other.
 * @param select picks the operations of one of two listeners.
 */
export function parseBuiltInContract(
  { document, lines, text }: BuiltInContract,
  select: (document: JsonObject) => JsonObject = (whole) => whole,
): Contract {
  const outline = toOutline(select(document));
  return toContract(outline, { text: () => text, lines }, ownNames(outline));
}

/** What commands take from the served contract. They do not check it: the service does at its start. */
export async function readServedTerms(
  { contract: { path, isStrict } }: Pick<Config, "contract">,
  builtIn: Pick<BuiltInContract, "document">,
): Promise<ContractTerms> {
  if (path === undefined) return toContractTerms(toOutline(builtIn.document));
  // Most commands run on the built-in contract and need none of this.
  const { loadUserTerms } = await import("../contract/user/load-user-contract.ts");
  return loadUserTerms(path, builtIn.document, isStrict);
}
