import { stringify } from "yaml";
import { judgeContract, type Verdict } from "../checks/checks.ts";
import { withExtensionScopes } from "../checks/extensions.ts";
import { serverPathOf } from "../checks/servers.ts";
import type { Finding, Pointer, Report } from "../document/finding.ts";
import { asRecord, type JsonObject } from "../document/json.ts";
import { ContractUnreadable, type LoadedDocument, loadDocument } from "../document/load.ts";
import { withNullable } from "../document/nullable.ts";
import { extensionOf } from "../model/extension.ts";
import { operationsIn } from "../model/operations.ts";
import { toKeySchemes } from "../model/schemes.ts";
import { bundle, ReferenceRefused } from "./bundle.ts";
import { merge } from "./merge.ts";
import { isOperationId, toOperationId } from "./operation-ids.ts";
import { isOpenApi30, upgrade } from "./upgrade.ts";

export type UserContractOptions = {
  /** What is merely unbounded or unchecked is a warning; what is insecure never is. */
  readonly isLenient: boolean;
  /** Somebody answers also the operations that name no upstream of their own. */
  readonly isAnswered: boolean;
};

export type Served = Verdict & { readonly contract: LoadedDocument };

/**
 * Reads a contract that somebody has for an API of their own, and lays the operations of `ours` beside it.
 * @throws ContractUnreadable when it cannot be read at all, or refers to what it must not.
 */
export async function loadUserContract(path: string, ours: JsonObject, options: UserContractOptions): Promise<Served> {
  const written = loadDocument(path);
  const warnings: Finding[] = [];
  const whole = await bundleOrFail(written, path);
  const current = toCurrent(whole, options.isLenient, into(warnings, written));
  const prefix = serverPathOf(current, options.isLenient);
  if (prefix !== serverPathOf(current))
    warnings.push({ line: written.lineOf(["servers"]), message: `the servers have several paths: ${prefix} is taken` });
  const placed = prefix === undefined ? current : withPrefix(current, prefix);
  const named = options.isLenient ? withOperationIds(placed) : placed;
  const schemes = toKeySchemes(named);
  const document = withExtensionScopes(named, (name) => schemes[name] !== undefined);

  const contract: LoadedDocument = {
    document,
    text: written.text,
    lineOf: (at) => written.lineOf(asWritten(at, prefix)),
  };
  const verdict = judgeContract(contract, { isLenient: options.isLenient });
  const findings = [...verdict.findings];
  const report = into(findings, contract);
  if (!options.isAnswered) reportUnanswered(document, report);
  const merged = merge(document, ours, report);
  return {
    contract: { document: merged, text: stringify(merged, { aliasDuplicateObjects: false }), lineOf: contract.lineOf },
    findings,
    warnings: [...warnings, ...verdict.warnings],
  };
}

function toCurrent(document: JsonObject, isLenient: boolean, report: Report): JsonObject {
  if (isOpenApi30(document)) return upgrade(document, report);
  return isLenient ? withNullable(document, report) : document;
}

function into(findings: Finding[], { lineOf }: LoadedDocument): Report {
  return (pointer, message) => void findings.push({ line: lineOf(pointer), message });
}

async function bundleOrFail({ document }: LoadedDocument, path: string): Promise<JsonObject> {
  try {
    return await bundle(document, path);
  } catch (cause) {
    if (!(cause instanceof ReferenceRefused)) throw cause;
    throw new ContractUnreadable(path, [{ line: 1, message: cause.message }], { cause });
  }
}

/** Every path with the path of the server before it: the route table knows nothing else. */
function withPrefix(document: JsonObject, prefix: string): JsonObject {
  const entries = Object.entries(asRecord(document["paths"]));
  const paths = entries.map(([path, item]) => [path.startsWith("x-") ? path : `${prefix}${path}`, item]);
  return { ...document, servers: [{ url: "/" }], paths: Object.fromEntries(paths) };
}

function asWritten([first, path, ...rest]: Pointer, prefix: string | undefined): Pointer {
  const isMoved = first === "paths" && prefix !== undefined && String(path).startsWith(prefix);
  const place = isMoved ? String(path).slice(prefix.length) : path;
  return [first, place, ...rest].filter((step): step is string | number => step !== undefined);
}

/** An id for each operation that has none. */
function withOperationIds(document: JsonObject): JsonObject {
  const copy = structuredClone(document);
  const taken = new Set(operationsIn(copy).map(({ operation }) => operation["operationId"]));
  for (const { method, path, operation } of operationsIn(copy)) {
    const { operationId } = operation;
    if (isOperationId(operationId)) continue;
    const id = toOperationId(typeof operationId === "string" ? operationId : `${method} ${path}`, taken);
    taken.add(id);
    Object.assign(operation, { operationId: id });
  }
  return copy;
}

function reportUnanswered(document: JsonObject, report: Report) {
  const open = operationsIn(document).filter(({ operation }) => extensionOf(operation).upstream === undefined);
  const [first] = open;
  if (first === undefined) return;
  const others = open.length > 1 ? `, nor the ${open.length - 1} others without an upstream` : "";
  report(
    first.pointer,
    `nothing answers ${first.method.toUpperCase()} ${first.path}${others}: set LATCHKEY_UPSTREAM, such as http://127.0.0.1:5000`,
  );
}
