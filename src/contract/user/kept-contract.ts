import { createRequire } from "node:module";
import { once } from "../../lib/async/once.ts";
import type { Finding } from "../document/finding.ts";
import type { JsonObject } from "../document/json.ts";
import { type Contract, toContract, toShown } from "../model/contract.ts";
import { type Outline, toOutline } from "../model/outline.ts";
import type { LineTable } from "../model/source-lines.ts";

/** A user contract that passed the checks, merged with the built-in operations, as JSON. */
export type KeptContract = {
  readonly document: JsonObject;
  readonly lines: LineTable;
  readonly builtInOperations: Contract["builtInOperations"];
};

/** What is kept of a user contract. */
export type KeptContracts = {
  readonly served: KeptContract;
  /** For the listener for administration, if there is one. */
  readonly administration: KeptContract | undefined;
  readonly warnings: readonly Finding[];
};

/** @param outline that of `document`, if it is known already. */
export function toUserContract(
  { document, lines, builtInOperations }: KeptContract,
  outline: Outline = toOutline(document),
): Contract {
  return toContract(outline, { text: once(() => toYaml(toShown(outline))), lines }, builtInOperations);
}

const load = createRequire(import.meta.url);

/** Few services are ever asked for it, and writing it takes as long as checking the contract. */
function toYaml(document: JsonObject): string {
  // The type of a module that is loaded later cannot be inferred.
  const { stringify } = load("yaml") as typeof import("yaml");
  return stringify(document, { aliasDuplicateObjects: false });
}
