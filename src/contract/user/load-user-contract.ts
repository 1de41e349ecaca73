import { isAdministrative } from "../../keys/scopes.ts";
import { judgeContract, type ParsedContract } from "../checks/checks.ts";
import type { Finding, Report } from "../document/finding.ts";
import { type FindingKind, isUntidy } from "../document/finding-kinds.ts";
import type { JsonObject } from "../document/json.ts";
import { type LoadedDocument, loadDocument, type SourcePlaces, sourcePlaceOf } from "../document/load.ts";
import { withNullable } from "../document/nullable.ts";
import { type Replacement, replaced } from "../document/replaced.ts";
import type { Contract } from "../model/contract.ts";
import { type ContractTerms, toContractTerms } from "../model/contract-terms.ts";
import { ownUpstreamOf } from "../model/extension.ts";
import { type Outline, outlineOnce } from "../model/outline.ts";
import { findLines } from "../model/source-lines.ts";
import { withExtensionScopes } from "./extension-scopes.ts";
import { type KeptContract, type KeptContracts, toUserContract } from "./kept-contract.ts";
import { withKeySchemes } from "./key-schemes.ts";
import { withKeyScopes } from "./key-scopes.ts";
import { builtInScopes, type Merged, merge, mergeAdministration } from "./merge/merge.ts";
import { withMovedReferences } from "./moved-references.ts";
import { isOperationId, toOperationId } from "./operation-ids.ts";
import { placePaths } from "./place-paths.ts";
import { withoutBrokenReferences } from "./references/broken-references.ts";
import { type Bundled, bundle } from "./references/bundle.ts";
import { needsBundling } from "./references/needs-bundling.ts";
import { reportReservedHeaders } from "./reserved-headers.ts";
import { withTwinSecurity } from "./twin-security.ts";
import { from32, isOpenApi32 } from "./versions/from-3-2.ts";
import { isOpenApi30, upgrade } from "./versions/upgrade.ts";
import { withUsableWords } from "./versions/usable-words.ts";

export type UserContractOptions = {
  /** What is merely unbounded or untidy stops the start too, instead of being a warning. */
  readonly isStrict: boolean;
  /** There is a common upstream, or a host app, for operations that name no upstream. */
  readonly hasUpstream: boolean;
  /** Administration has a listener of its own, so that its paths and operations collide with none. Default: false. */
  readonly hasAdminListener?: boolean;
};

/** A user contract with the built-in operations, or the reasons why it must not be served. */
export type ParsedUserContract =
  | (Extract<ParsedContract, { readonly kind: "sound" }> & {
      /** For the listener for administration, if there is one. */
      readonly administration: Contract | undefined;
      /** Only for a contract in one file. */
      readonly kept?: KeptContracts;
    })
  | Extract<ParsedContract, { readonly kind: "refused" }>;

/**
 * Reads the contract of a user's own API, and adds the operations of the contract `builtIn`.
 * @throws ContractUnreadable when it cannot be read, or refers to files that it must not refer to.
 */
export async function loadUserContract(
  path: string,
  builtIn: JsonObject,
  { isStrict, hasUpstream, hasAdminListener = false }: UserContractOptions,
): Promise<ParsedUserContract> {
  const { noted, isOneFile, ...user } = await readUserContract(path, builtIn, isStrict);
  const userOutline = outlineOnce(user.document);
  const verdict = judgeContract(user, userOutline, { isStrict, hasAdminListener });
  const found = [...noted];
  if (!hasUpstream) reportMissingUpstream(userOutline, into(found, user, "upstream"));
  reportReservedHeaders(userOutline, into(found, user, "reserved-header"));
  const part = hasAdminListener ? "public" : "all";
  const merged = merge(userOutline, builtIn, { part, report: into(found, user, "collision") });

  const stopsStart = ({ kind }: Finding) => (isStrict && kind !== "nullable") || !isUntidy(kind);
  const findings = inOrder([...found.filter(stopsStart), ...verdict.findings]);
  const warnings = [...found.filter((one) => !stopsStart(one)), ...verdict.warnings];
  if (findings.length > 0) return { kind: "refused", findings, warnings };
  const administered = hasAdminListener ? mergeAdministration(userOutline, builtIn) : undefined;
  const served = toKept(merged, user);
  const administration = administered && toKept(administered, user);
  return {
    kind: "sound",
    contract: toUserContract(served, merged.outline),
    administration: administration && toUserContract(administration, administered?.outline),
    warnings,
    ...(isOneFile && { kept: { served, administration, warnings } }),
  };
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((one, other) => one.line - other.line);
}

function toKept(
  { outline, builtInOperations }: Merged,
  { lineOfContract }: Pick<UserDocument, "lineOfContract">,
): KeptContract {
  // Problems name a line and no file: of what is in another file, they name the reference to it.
  return { document: outline.document.root, lines: findLines(outline, lineOfContract), builtInOperations };
}

/**
 * What actions on keys and clients need of a user contract, without checking it: the service checked it at its start.
 * @throws ContractUnreadable
 */
export async function loadUserTerms(path: string, builtIn: JsonObject, isStrict: boolean): Promise<ContractTerms> {
  const { document } = await readUserContract(path, builtIn, isStrict);
  return toContractTerms(merge(outlineOnce(document), builtIn, { part: "all", report: () => {} }).outline);
}

type UserDocument = LoadedDocument & {
  /** The line in the contract's own file. */
  readonly lineOfContract: LoadedDocument["lineOf"];
  /** What was found while it was read. */
  readonly noted: readonly Finding[];
  readonly isOneFile: boolean;
};

/**
 * Reads a user contract as OpenAPI 3.1, in one document, with its server's path in `paths` and its scopes in
 * `security`.
 */
async function readUserContract(path: string, builtIn: JsonObject, isStrict: boolean): Promise<UserDocument> {
  const loaded = loadDocument(path);
  const written = bundle(loaded, path);
  const noted: Finding[] = [];
  const raw = isOpenApi32(written.document)
    ? from32(written.document, into(noted, written, "openapi-3.2"))
    : written.document;
  const current = toCurrent(raw, isStrict, into(noted, written, "nullable"));
  // In 3.0 a reference may lead to what is beside another one, which the upgrade has removed.
  const whole = needsBundling(current) ? withoutBrokenReferences(current, into(noted, written, "response")) : current;
  const placed = placePaths(whole, into(noted, written, "server"));
  const lineOf: Bundled["lineOf"] = (pointer) => written.lineOf(placed.toWritten(pointer));
  const fileOf: Bundled["fileOf"] = (pointer) => written.fileOf(placed.toWritten(pointer));
  const report = into(noted, { lineOf, fileOf }, "operation-id");
  const moved = withMovedReferences(placed);
  const named = isStrict ? moved : withOperationIds(moved, report);
  return {
    document: withKeySecurity(named, builtIn, into(noted, { lineOf, fileOf }, "key-scheme")),
    text: loaded.text,
    lineOf,
    fileOf,
    lineOfContract: (pointer) => loaded.lineOf(placed.toWritten(pointer)),
    noted,
    isOneFile: written.isOneFile,
  };
}

/** The contract with its keys, and their scopes, where everything else looks for them: in `security`. */
function withKeySecurity(raw: JsonObject, builtIn: JsonObject, report: Report): JsonObject {
  const scopes = builtInScopes(builtIn);
  const isReserved = (scope: string) => isAdministrative(scope) || Object.hasOwn(scopes, scope);
  return withTwinSecurity(withKeyScopes(withExtensionScopes(withKeySchemes(raw, report)), isReserved, report));
}

function toCurrent(raw: JsonObject, isStrict: boolean, report: Report): JsonObject {
  if (isOpenApi30(raw)) return upgrade(raw, report);
  return isStrict ? raw : withUsableWords(withNullable(raw, report), report);
}

function into(findings: Finding[], places: SourcePlaces, usualKind: FindingKind): Report {
  return (pointer, message, kind = usualKind) =>
    void findings.push({ ...sourcePlaceOf(places, pointer), message, kind });
}

/** Gives an operationId to each operation that has no usable one, or that of an operation before it. */
function withOperationIds(raw: JsonObject, report: Report): JsonObject {
  const { operations } = outlineOnce(raw);
  const given = new Map<JsonObject, Replacement>();
  const taken = new Set(operations.map(({ operation }) => operation["operationId"]));
  const seen = new Set<unknown>();
  for (const { method, path, pointer, label, operation } of operations) {
    const { operationId } = operation;
    const isUsable = isOperationId(operationId) && !seen.has(operationId);
    seen.add(operationId);
    if (isUsable) continue;
    const id = toOperationId(typeof operationId === "string" ? operationId : `${method} ${path}`, taken);
    taken.add(id);
    given.set(operation, [pointer, { ...operation, operationId: id }]);
    const written = operationId === undefined ? "no operationId" : `the operationId ${operationId}, unusable or taken`;
    report(pointer, `${label} has ${written}: it is called ${id} here; write that, or choose another one`);
  }
  return replaced(raw, [...given.values()]);
}

function reportMissingUpstream({ operations }: Outline, report: Report) {
  const [first, ...others] = operations.filter(({ extension }) => ownUpstreamOf(extension).url === undefined);
  if (first === undefined) return;
  const have = others.length > 0 ? `and ${others.length} more have` : "has";
  report(first.pointer, `${first.label} ${have} no upstream: set LATCHKEY_UPSTREAM, such as http://127.0.0.1:5000`);
}
