import { asRecord, findAt, type JsonObject } from "../document/json.ts";
import { withValues } from "../document/rewrite.ts";
import { type ContractTerms, toContractTerms } from "./contract-terms.ts";
import type { Outline } from "./outline.ts";
import { toPreflights } from "./paths/preflights.ts";
import { createRoutes, type Routes } from "./paths/routes.ts";
import type { KeySchemes } from "./schemes.ts";
import { type LineTable, type SourceLines, toSourceLines } from "./source-lines.ts";

/** A contract that passed the checks, parsed once for the whole service. */
export type Contract = ContractTerms & {
  readonly routes: Routes;
  readonly schemes: KeySchemes;
  /** Does the service handle this operation itself? An upstream or a host app handles all others. */
  readonly isBuiltIn: (operationId: string) => boolean;
  /** The names of the operations that the service handles itself, by operationId: a user contract may rename them. */
  readonly builtInOperations: Readonly<Record<string, string>>;
  /** The path below which these operations and the pages are; empty for none. */
  readonly prefix: string;
  readonly sourceLines: SourceLines;
  /** The parts of the document and their pointers, to compile the schemas of operations. */
  readonly outline: Outline;
  /** The raw document, without what only operators may know: for the pages that show it. */
  readonly document: JsonObject;
  /** The document as a file. */
  readonly text: () => string;
};

/** What a contract keeps of the file that it was read from. */
export type SourceParts = { readonly text: () => string; readonly lines: LineTable };

/** Parses a document that passed the checks. */
export function toContract(
  outline: Outline,
  { text, lines }: SourceParts,
  builtInOperations: Contract["builtInOperations"],
): Contract {
  const terms = toContractTerms(outline);
  const isBuiltIn = (id: string) => Object.hasOwn(builtInOperations, id);
  const operations = [...terms.operations, ...toPreflights(terms.operations, isBuiltIn)];
  return {
    ...terms,
    operations,
    routes: createRoutes(
      operations,
      operations.filter(({ id }) => !isBuiltIn(id)),
    ),
    schemes: outline.keySchemes,
    isBuiltIn,
    builtInOperations,
    prefix: outline.extension.prefix ?? "",
    sourceLines: toSourceLines(lines),
    outline,
    document: toShown(outline),
    text,
  };
}

/** The built-in operations under their own names. */
export function ownNames({ operations }: Outline): Contract["builtInOperations"] {
  return Object.fromEntries(operations.map(({ id }) => [id, id]));
}

/** The document without addresses of upstreams, and without the headers that they get. */
export function toShown({ document: { root }, operations }: Outline): JsonObject {
  const places = [[], ...operations.map(({ pointer }) => pointer)].map((pointer) => [...pointer, "x-latchkey"]);
  const told = places.flatMap((place) => {
    const { upstream, ...shown } = asRecord(findAt(root, place.map(String)));
    return upstream === undefined ? [] : [[place, shown] as const];
  });
  return told.length === 0 ? root : withValues(root, told);
}
