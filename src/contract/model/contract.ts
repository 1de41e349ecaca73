import type { JsonObject } from "../document/json.ts";
import type { LoadedDocument } from "../document/load.ts";
import { type ContractTerms, toContractTerms } from "./contract-terms.ts";
import type { Outline } from "./outline.ts";
import { createRoutes, type Routes } from "./routes.ts";
import type { KeySchemes } from "./schemes.ts";
import { type SourceLines, toSourceLines } from "./source-lines.ts";

/** A contract that passed the checks, parsed once for the whole service. */
export type Contract = ContractTerms & {
  readonly routes: Routes;
  readonly schemes: KeySchemes;
  /** Does the service handle this operation itself? An upstream or a host app handles all others. */
  readonly isBuiltIn: (operationId: string) => boolean;
  readonly sourceLines: SourceLines;
  /** The parts of the document and their pointers, to compile the schemas of operations. */
  readonly outline: Outline;
  /** The raw document: for the pages that show it, and for the validator. */
  readonly document: JsonObject;
  /** The document as a file. */
  readonly text: string;
};

/** Parses a document that passed the checks. `lineOf` is not kept: it holds the syntax tree of the file. */
export function toContract(
  outline: Outline,
  { text, lineOf }: Pick<LoadedDocument, "text" | "lineOf">,
  builtInOperations: readonly string[],
): Contract {
  const terms = toContractTerms(outline);
  const builtIn = new Set(builtInOperations);
  return {
    ...terms,
    routes: createRoutes(terms.operations),
    schemes: outline.keySchemes,
    isBuiltIn: (id) => builtIn.has(id),
    sourceLines: toSourceLines(outline, lineOf),
    outline,
    document: outline.document.root,
    text,
  };
}
