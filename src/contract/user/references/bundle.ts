import { ContractUnreadable } from "../../document/contract-unreadable.ts";
import type { Finding } from "../../document/finding.ts";
import { asRecord, type JsonObject } from "../../document/json.ts";
import type { LoadedDocument } from "../../document/load.ts";
import { isTooLarge } from "../../document/parse-text.ts";
import { createComponents } from "./components.ts";
import { type Copying, copyPart } from "./copy.ts";
import { createFindTarget, type Spot } from "./find-target.ts";
import { isDynamic, needsBundling } from "./needs-bundling.ts";
import { toPlacements } from "./placements.ts";
import { openSourceFiles, type ReferenceRefused, type SourceFile } from "./source-files.ts";

export type Bundled = Pick<LoadedDocument, "document" | "lineOf"> & {
  readonly fileOf: NonNullable<LoadedDocument["fileOf"]>;
  readonly isOneFile: boolean;
};

const MAX_FINDINGS = 20;

/**
 * Puts everything that a contract refers to in other files into one document, where each reference is a pointer: also
 * those to anchors and to the `$id` of a schema. References may lead only to files in the folder of `path` or below: a
 * contract must not make the service read other files, or call hosts.
 * @throws ContractUnreadable with the file and line of each reference that leads nowhere.
 */
export function bundle(written: LoadedDocument, path: string): Bundled {
  if (!needsBundling(written.document))
    return { document: written.document, lineOf: written.lineOf, fileOf: () => undefined, isOneFile: true };
  const files = openSourceFiles(written, path);
  const findings: Finding[] = [];
  const report = ({ file, place }: Spot, refused: ReferenceRefused) => {
    const found = { line: file.lineOf(place), message: refused.message };
    if (refused.findings.length > 0) findings.push(...refused.findings);
    else findings.push(file.name === undefined ? found : { ...found, file: file.name });
  };
  const placements = toPlacements(files.contract);
  const document = copyContract(files.contract, {
    findTarget: createFindTarget(files),
    placements,
    report,
    isDynamic: isDynamic(written.document),
  });
  if (findings.length > 0) throw new ContractUnreadable(path, findings.slice(0, MAX_FINDINGS));
  if (isTooLarge(document)) {
    const message = "the files that it refers to have too many values, or are nested too deeply";
    throw new ContractUnreadable(path, [{ line: 1, message }]);
  }
  const { lineOf, fileOf } = placements;
  return { document, lineOf, fileOf, isOneFile: files.count() === 1 };
}

function copyContract(contract: SourceFile, parts: Omit<Copying, "components" | "inside">): JsonObject {
  const components = createComponents(contract, parts.findTarget, parts.placements);
  const copying: Copying = { ...parts, components, inside: new Set() };
  const spot = { file: contract, place: [] };
  const document = asRecord(copyPart(copying, { value: contract.content, spot, at: [], kind: "document" }));
  const all = new Map(Object.entries(asRecord(document["components"])).map(([list, one]) => [list, asRecord(one)]));
  for (const part of components.added()) {
    const [, list = "", name = ""] = part.at.map(String);
    all.set(list, { ...all.get(list), [name]: copyPart(copying, part) });
  }
  return all.size === 0 ? document : { ...document, components: Object.fromEntries(all) };
}
