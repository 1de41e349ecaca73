import type { Finding, Report } from "../document/finding.ts";
import type { JsonObject } from "../document/json.ts";
import type { LoadedDocument } from "../document/load.ts";
import { operationsIn } from "../model/operations.ts";
import { checkPatterns } from "../patterns/patterns.ts";
import { checkBodies } from "./bodies.ts";
import { checkBounds } from "./bounds.ts";
import { checkExtensions } from "./extensions.ts";
import { checkParameters } from "./parameters.ts";
import { checkPaths, IDENTIFIER } from "./paths.ts";
import { checkPlans } from "./plans.ts";
import { checkResponses } from "./responses.ts";
import { checkSchemes, checkScopeNames, checkSecurity } from "./security.ts";
import { checkServers } from "./servers.ts";
import { checkVersion } from "./version.ts";
import { checkWords } from "./words.ts";

const CHECKS = [
  checkServers,
  checkSchemes,
  checkScopeNames,
  checkPaths,
  checkOperations,
  checkSecurity,
  checkExtensions,
  checkPlans,
  checkWords,
  checkPatterns,
];

/** What makes nothing open to others: where somebody asks for leniency, these findings are warnings. */
const LENIENT_CHECKS = [checkParameters, checkBodies, checkResponses, checkBounds];

export type Verdict = {
  /** Each stops the start. */
  readonly findings: readonly Finding[];
  readonly warnings: readonly Finding[];
};

export type CheckOptions = {
  /** The operationIds that have a handler; left out, handlers are not looked at. */
  readonly handlers?: readonly string[];
  readonly isLenient?: boolean;
};

/**
 * Everything in `contract` that must stop the start, in the order of its lines: each of these would otherwise
 * leave an operation open, unreachable, unbounded, or failing on every request. docs/contract-checks.md lists them.
 */
export function judgeContract(contract: LoadedDocument, { handlers, isLenient = false }: CheckOptions = {}): Verdict {
  const findings: Finding[] = [];
  const warnings: Finding[] = [];
  const { document } = contract;
  const report = reportInto(findings, contract);

  if (checkVersion(document, report)) {
    for (const check of CHECKS) check(document, report);
    const reportLight = isLenient ? reportInto(warnings, contract) : report;
    for (const check of LENIENT_CHECKS) check(document, reportLight);
    if (handlers) checkHandlers(document, handlers, report);
  }
  return { findings: inOrder(findings), warnings: inOrder(warnings) };
}

/** What `judgeContract` finds without leniency. */
export function checkContract(contract: LoadedDocument, handlers?: readonly string[]): readonly Finding[] {
  return judgeContract(contract, handlers && { handlers }).findings;
}

/** What several operations refer to is told once. */
function reportInto(findings: Finding[], { lineOf }: LoadedDocument): Report {
  const told = new Set<string>();
  return (pointer, message) => {
    const name = JSON.stringify([pointer, message]);
    if (!told.has(name)) findings.push({ line: lineOf(pointer), message });
    told.add(name);
  };
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((one, other) => one.line - other.line);
}

function checkOperations(document: JsonObject, report: Report) {
  const seen = new Map<unknown, string>();
  for (const { method, path, pointer, operation } of operationsIn(document)) {
    const name = `${method.toUpperCase()} ${path}`;
    const { operationId } = operation;
    if (operationId === undefined) {
      report(pointer, `${name} has no operationId that is an identifier: add one, such as getThing`);
    } else if (typeof operationId !== "string" || !IDENTIFIER.test(operationId)) {
      report(
        pointer,
        `${name} has no operationId that is an identifier: write ${operationId} in letters and digits, such as getThing`,
      );
    } else if (seen.has(operationId)) {
      report(
        [...pointer, "operationId"],
        `the operationId ${operationId} belongs to ${seen.get(operationId)} already: give ${name} one of its own`,
      );
    }
    seen.set(operationId, name);

    const violation = OWN_METHODS.get(method);
    if (violation !== undefined) report(pointer, `${name} ${violation}`);
  }
}

/** The methods that are the service's own, or no client's. */
const OWN_METHODS: ReadonlyMap<string, string> = new Map([
  ["head", "is never reached, for HEAD is answered as GET without its body: declare get instead"],
  ["options", "takes the place of the service's own answer, which browsers ask for without a key: remove it"],
  ["trace", "must not be asked with a key (RFC 9110 §9.3.8): declare another method instead"],
]);

function checkHandlers(document: JsonObject, handlers: readonly string[], report: Report) {
  const declared = operationsIn(document);
  for (const { pointer, operation } of declared) {
    const id = String(operation["operationId"]);
    if (!handlers.includes(id)) report(pointer, `nothing handles ${id}: add it to src/http/handlers/handlers.ts`);
  }
  for (const id of handlers) {
    if (declared.some(({ operation }) => operation["operationId"] === id)) continue;
    report(["paths"], `the handler ${id} belongs to no operation: add the operation, or remove the handler`);
  }
}
