import { judgeContract, type ParsedContract } from "../../../src/contract/checks/checks.ts";
import type { Finding } from "../../../src/contract/document/finding.ts";
import type { JsonObject } from "../../../src/contract/document/json.ts";
import type { LoadedDocument } from "../../../src/contract/document/load.ts";
import { type Contract, ownNames, toContract } from "../../../src/contract/model/contract.ts";
import { type Operation, toOperations } from "../../../src/contract/model/operations.ts";
import { toOutline } from "../../../src/contract/model/outline.ts";

/** The model of a document, whatever the checks would find in it. It knows no lines. */
export function modelOf({ document, text }: Pick<LoadedDocument, "document" | "text">): Contract {
  const outline = toOutline(document);
  return toContract(outline, { text: () => text, lines: {} }, ownNames(outline));
}

export function operationsOf(document: JsonObject): readonly Operation[] {
  return toOperations(toOutline(document));
}

/** What the checks find in a document, strictly. */
export function checkContract(loaded: LoadedDocument, handlers?: readonly string[]): readonly Finding[] {
  return withoutKinds(judgeContract(loaded, toOutline(loaded.document), { handlers }).findings);
}

function withoutKinds(findings: readonly Finding[]): readonly Finding[] {
  return findings.map(({ kind: _, ...rest }) => rest);
}

/** The parts of a parsed contract. Only a sound one has a `contract`: to take that of a refused one throws. */
export function partsOf(parsed: ParsedContract) {
  return {
    findings: parsed.kind === "refused" ? withoutKinds(parsed.findings) : [],
    warnings: withoutKinds(parsed.warnings),
    get contract(): Contract {
      if (parsed.kind === "sound") return parsed.contract;
      throw new Error(`The contract is refused: ${JSON.stringify(parsed.findings)}`);
    },
  };
}
