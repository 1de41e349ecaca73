import { judgeContract, type ParsedContract } from "../checks/checks.ts";
import { ContractUnreadable } from "../document/contract-unreadable.ts";
import type { Finding, Report } from "../document/finding.ts";
import { type FindingKind, isUntidy } from "../document/finding-kinds.ts";
import type { JsonObject } from "../document/json.ts";
import { type LoadedDocument, loadDocument } from "../document/load.ts";
import { withNullable } from "../document/nullable.ts";
import { type ContractTerms, toContractTerms } from "../model/contract-terms.ts";
import { type Outline, toOutline } from "../model/outline.ts";
import { findLines } from "../model/source-lines.ts";
import { bundle, ReferenceRefused } from "./bundle.ts";
import { withExtensionScopes } from "./extension-scopes.ts";
import { type KeptContract, toUserContract } from "./kept-contract.ts";
import { merge } from "./merge.ts";
import { isOperationId, toOperationId } from "./operation-ids.ts";
import { placePaths } from "./place-paths.ts";
import { isOpenApi30, upgrade } from "./upgrade.ts";

export type UserContractOptions = {
  /** What is merely unbounded or untidy stops the start too, instead of being a warning. */
  readonly isStrict: boolean;
  /** There is a common upstream, or a host app, for operations that name no upstream. */
  readonly hasUpstream: boolean;
};

type ParsedUserContract = ParsedContract & {
  /** Only for a sound contract in one file. */
  readonly kept?: KeptContract;
};

/**
 * Reads the contract of a user's own API, and adds the operations of the contract `builtIn`.
 * @throws ContractUnreadable when it cannot be read, or refers to files that it must not refer to.
 */
export async function loadUserContract(
  path: string,
  builtIn: JsonObject,
  { isStrict, hasUpstream }: UserContractOptions,
): Promise<ParsedUserContract> {
  const { noted, isOneFile, ...user } = await readUserContract(path, isStrict);
  const userOutline = toOutline(user.document);
  const verdict = judgeContract(user, userOutline, { isStrict });
  const stopsStart = ({ kind }: Finding) => (isStrict && kind !== "nullable") || !isUntidy(kind);
  const findings = [...noted.filter(stopsStart), ...verdict.findings];
  const warnings = noted.filter((one) => !stopsStart(one));
  if (!hasUpstream) reportMissingUpstream(userOutline, into(findings, user, "upstream"));
  const { outline, builtInOperations } = merge(userOutline, builtIn, into(findings, user, "collision"));

  const allWarnings = [...warnings, ...verdict.warnings];
  if (findings.length > 0) return { kind: "refused", findings, warnings: allWarnings };
  const lines = findLines(outline, user.lineOf);
  const kept: KeptContract = { document: outline.document.root, lines, builtInOperations, warnings: allWarnings };
  return { kind: "sound", contract: toUserContract(kept, outline), warnings: allWarnings, ...(isOneFile && { kept }) };
}

/**
 * What actions on keys and clients need of a user contract, without checking it: the service checked it at its start.
 * @throws ContractUnreadable
 */
export async function loadUserTerms(path: string, builtIn: JsonObject, isStrict: boolean): Promise<ContractTerms> {
  const { document } = await readUserContract(path, isStrict);
  return toContractTerms(merge(toOutline(document), builtIn, () => {}).outline);
}

type UserDocument = LoadedDocument & {
  /** What was found while it was read. */
  readonly noted: readonly Finding[];
  readonly isOneFile: boolean;
};

/**
 * Reads a user contract as OpenAPI 3.1, in one document, with its server's path in `paths` and its scopes in
 * `security`.
 */
async function readUserContract(path: string, isStrict: boolean): Promise<UserDocument> {
  const written = loadDocument(path);
  const noted: Finding[] = [];
  const whole = await bundleOrFail(written, path);
  const current = toCurrent(whole, isStrict, into(noted, written, "nullable"));
  const placed = placePaths(current, into(noted, written, "server"));
  const lineOf: LoadedDocument["lineOf"] = (pointer) => written.lineOf(placed.toWritten(pointer));
  const named = isStrict ? placed.document : withOperationIds(placed.document, into(noted, { lineOf }, "operation-id"));
  return {
    document: withExtensionScopes(named),
    text: written.text,
    lineOf,
    noted,
    isOneFile: whole === written.document,
  };
}

function toCurrent(raw: JsonObject, isStrict: boolean, report: Report): JsonObject {
  if (isOpenApi30(raw)) return upgrade(raw, report);
  return isStrict ? raw : withNullable(raw, report);
}

function into(findings: Finding[], { lineOf }: Pick<LoadedDocument, "lineOf">, usualKind: FindingKind): Report {
  return (pointer, message, kind = usualKind) => void findings.push({ line: lineOf(pointer), message, kind });
}

async function bundleOrFail({ document }: LoadedDocument, path: string): Promise<JsonObject> {
  try {
    return await bundle(document, path);
  } catch (cause) {
    if (!(cause instanceof ReferenceRefused)) throw cause;
    throw new ContractUnreadable(path, [{ line: 1, message: cause.message }], { cause });
  }
}

/** Gives an operationId to each operation that has no usable one, or that of an operation before it. */
function withOperationIds(raw: JsonObject, report: Report): JsonObject {
  const copy = structuredClone(raw);
  const { operations } = toOutline(copy);
  const taken = new Set(operations.map(({ operation }) => operation["operationId"]));
  const seen = new Set<unknown>();
  for (const { method, path, pointer, label, operation } of operations) {
    const { operationId } = operation;
    const isUsable = isOperationId(operationId) && !seen.has(operationId);
    seen.add(operationId);
    if (isUsable) continue;
    const id = toOperationId(typeof operationId === "string" ? operationId : `${method} ${path}`, taken);
    taken.add(id);
    Object.assign(operation, { operationId: id });
    const written = operationId === undefined ? "no operationId" : `the operationId ${operationId}, unusable or taken`;
    report(pointer, `${label} has ${written}: it is called ${id} here; write that, or choose another one`);
  }
  return copy;
}

function reportMissingUpstream({ operations }: Outline, report: Report) {
  const [first, ...others] = operations.filter(({ extension }) => extension.upstream === undefined);
  if (first === undefined) return;
  const have = others.length > 0 ? `and ${others.length} more have` : "has";
  report(first.pointer, `${first.label} ${have} no upstream: set LATCHKEY_UPSTREAM, such as http://127.0.0.1:5000`);
}
