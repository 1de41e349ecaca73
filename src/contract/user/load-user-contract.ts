import { judgeContract, type ParsedContract } from "../checks/checks.ts";
import { serverPathOf } from "../checks/servers.ts";
import { ContractUnreadable } from "../document/contract-unreadable.ts";
import type { Finding, Pointer, Report } from "../document/finding.ts";
import type { FindingKind } from "../document/finding-kinds.ts";
import { asRecord, type JsonObject } from "../document/json.ts";
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
  const { warnings, isOneFile, ...user } = await readUserContract(path, isStrict);
  const userOutline = toOutline(user.document);
  const verdict = judgeContract(user, userOutline, { isStrict });
  const findings = [...verdict.findings];
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

type UserDocument = LoadedDocument & { readonly warnings: readonly Finding[]; readonly isOneFile: boolean };

/**
 * Reads a user contract as OpenAPI 3.1, in one document, with its server's path in `paths` and its scopes in
 * `security`.
 */
async function readUserContract(path: string, isStrict: boolean): Promise<UserDocument> {
  const written = loadDocument(path);
  const warnings: Finding[] = [];
  const whole = await bundleOrFail(written, path);
  const current = toCurrent(whole, isStrict, into(warnings, written, "nullable"));
  const prefix = serverPathOf(current["servers"], !isStrict);
  if (prefix !== serverPathOf(current["servers"])) {
    warnings.push({
      line: written.lineOf(["servers"]),
      message: `the servers have different paths: ${prefix}, the first one, is used`,
      kind: "servers-differ",
    });
  }
  const placed = prefix === undefined ? current : withPrefix(current, prefix);
  const lineOf: LoadedDocument["lineOf"] = (pointer) => written.lineOf(withoutPrefix(pointer, prefix));
  const named = isStrict ? placed : withOperationIds(placed, into(warnings, { lineOf }, "operation-id"));
  return {
    document: withExtensionScopes(named),
    text: written.text,
    lineOf,
    warnings,
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

/** Puts the path of the server before every path, because routes know nothing of servers. */
function withPrefix(raw: JsonObject, prefix: string): JsonObject {
  const entries = Object.entries(asRecord(raw["paths"]));
  const paths = entries.map(([path, item]) => [path.startsWith("x-") ? path : `${prefix}${path}`, item]);
  return { ...raw, servers: [{ url: "/" }], paths: Object.fromEntries(paths) };
}

/** The pointer into the file as written. */
function withoutPrefix([first, path, ...rest]: Pointer, prefix: string | undefined): Pointer {
  const isMoved = first === "paths" && prefix !== undefined && String(path).startsWith(prefix);
  const place = isMoved ? String(path).slice(prefix.length) : path;
  return [first, place, ...rest].filter((step) => step !== undefined);
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
