import type { Finding, Report } from "../document/finding.ts";
import type { LoadedDocument } from "../document/load.ts";
import { type Contract, toContract } from "../model/contract.ts";
import { type Outline, toOutline } from "../model/outline.ts";
import { findLines } from "../model/source-lines.ts";
import { checkPatterns } from "../patterns/patterns.ts";
import { checkOpenApiSchema } from "../schemas/openapi-schema.ts";
import { checkBodies } from "./bodies.ts";
import { checkExtensions } from "./extensions.ts";
import { checkHandlers, checkOperations } from "./operations.ts";
import { checkParameters } from "./parameters.ts";
import { checkPaths } from "./paths.ts";
import { checkPlans } from "./plans.ts";
import { checkResponses } from "./responses.ts";
import { checkBounds } from "./schemas/bounds.ts";
import { checkKeywords } from "./schemas/keywords.ts";
import { checkSchemes, checkScopeNames, checkSecurity } from "./security.ts";
import { checkServers } from "./servers.ts";
import { checkVersion } from "./version.ts";
import { checkWords } from "./words.ts";

type Check = (outline: Outline, report: Report, options: CheckOptions) => void;

/**
 * Every check; `isLenient` marks those whose findings become warnings on request, because they never concern access.
 * They run when `checkVersion` has found a document of OpenAPI 3.1. docs/contract-checks.md explains them.
 */
const CHECKS: readonly { readonly check: Check; readonly isLenient: boolean }[] = [
  { check: checkServers, isLenient: false },
  { check: checkSchemes, isLenient: false },
  { check: checkScopeNames, isLenient: false },
  { check: checkPaths, isLenient: false },
  { check: checkOperations, isLenient: false },
  { check: checkSecurity, isLenient: false },
  { check: checkExtensions, isLenient: false },
  { check: checkPlans, isLenient: false },
  { check: checkWords, isLenient: false },
  { check: checkPatterns, isLenient: false },
  { check: checkKeywords, isLenient: false },
  { check: checkParameters, isLenient: true },
  { check: checkBodies, isLenient: true },
  { check: checkResponses, isLenient: true },
  { check: checkBounds, isLenient: true },
  { check: checkHandlers, isLenient: false },
];

export type Verdict = {
  /** Each stops the start. */
  readonly findings: readonly Finding[];
  readonly warnings: readonly Finding[];
};

/** A contract to serve, or the reasons why it must not be served. */
export type ParsedContract =
  | { readonly kind: "sound"; readonly contract: Contract; readonly warnings: readonly Finding[] }
  | ({ readonly kind: "refused" } & Verdict);

export type CheckOptions = {
  /** The operationIds that have a handler; without it handlers are not checked. */
  readonly handlers?: readonly string[] | undefined;
  readonly isLenient?: boolean;
};

/** Checks the contract of the service itself, and parses it. */
export function parseContract(loaded: LoadedDocument, options: CheckOptions = {}): ParsedContract {
  const outline = toOutline(loaded.document);
  const verdict = judgeContract(loaded, outline, options);
  if (verdict.findings.length > 0) return { kind: "refused", ...verdict };
  const builtInOperations = outline.operations.map(({ id }) => id);
  const parts = { text: () => loaded.text, lines: findLines(outline, loaded.lineOf) };
  return { kind: "sound", contract: toContract(outline, parts, builtInOperations), warnings: verdict.warnings };
}

/**
 * Finds everything that must stop the start, in the order of its lines: what would leave an operation open,
 * unreachable, unbounded, or failing on every request.
 */
export function judgeContract(
  { lineOf }: LoadedDocument,
  outline: Outline,
  { isLenient = false, handlers }: CheckOptions = {},
): Verdict {
  const findings: Finding[] = [];
  const warnings: Finding[] = [];
  const report = reportInto(findings, lineOf);
  const reportLenient = isLenient ? reportInto(warnings, lineOf) : report;

  if (checkVersion(outline, report)) {
    for (const one of CHECKS) one.check(outline, one.isLenient ? reportLenient : report, { handlers });
  }
  // Its messages are less helpful than those of the other checks, and would repeat them.
  if (findings.length === 0) checkOpenApiSchema(outline, report);
  return { findings: inOrder(findings), warnings: inOrder(warnings) };
}

/** Collects findings. A part that several operations refer to is reported once. */
function reportInto(findings: Finding[], lineOf: LoadedDocument["lineOf"]): Report {
  const reported = new Set<string>();
  return (pointer, message) => {
    const name = JSON.stringify([pointer, message]);
    if (!reported.has(name)) findings.push({ line: lineOf(pointer), message });
    reported.add(name);
  };
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((one, other) => one.line - other.line);
}
