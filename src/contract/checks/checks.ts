import type { Finding, Report } from "../document/finding.ts";
import { type FindingKind, isUntidy } from "../document/finding-kinds.ts";
import { type LoadedDocument, type SourcePlaces, sourcePlaceOf } from "../document/load.ts";
import { type Contract, ownNames, toContract } from "../model/contract.ts";
import { type Outline, outlineOnce } from "../model/outline.ts";
import { findLines } from "../model/source-lines.ts";
import { checkOpenApiSchema } from "../schemas/openapi-schema.ts";
import { checkBodies } from "./bodies.ts";
import { checkExtensions } from "./extensions.ts";
import { checkHandlers, checkOperations } from "./operations.ts";
import { checkParameters } from "./parameters.ts";
import { checkEncodedSlashes, checkPaths, checkReach } from "./paths.ts";
import { checkPatterns } from "./patterns.ts";
import { checkPlans } from "./plans.ts";
import { checkResponses } from "./responses.ts";
import { checkBounds } from "./schemas/bounds.ts";
import { checkDefaults } from "./schemas/defaults.ts";
import { checkKeywords } from "./schemas/keywords.ts";
import { checkSchemes, checkScopeNames, checkSecurity, checkUpstreamHeaders } from "./security.ts";
import { checkServers } from "./servers.ts";
import { checkUpgrades } from "./upgrades.ts";
import { checkVersion } from "./version.ts";
import { checkWords } from "./words.ts";

type Check = (outline: Outline, report: Report, options: CheckOptions) => void;

/**
 * Every check, with the kind of its findings unless a finding has a kind of its own. The kind decides whether a finding
 * stops the start: see `finding-kinds.ts`. The checks run when `checkVersion` has found a document of OpenAPI 3.1.
 * docs/contract-checks.md explains them.
 */
const CHECKS: readonly { readonly check: Check; readonly kind: FindingKind }[] = [
  { check: checkServers, kind: "server" },
  { check: checkSchemes, kind: "security-scheme" },
  { check: checkScopeNames, kind: "scope-name" },
  { check: checkPaths, kind: "path" },
  { check: checkOperations, kind: "operation-id" },
  { check: checkSecurity, kind: "security" },
  { check: checkUpstreamHeaders, kind: "key-scheme" },
  { check: checkExtensions, kind: "extension" },
  { check: checkPlans, kind: "plan" },
  { check: checkUpgrades, kind: "upgrade" },
  { check: checkWords, kind: "word" },
  { check: checkPatterns, kind: "pattern" },
  { check: checkKeywords, kind: "keyword" },
  { check: checkDefaults, kind: "default" },
  { check: checkReach, kind: "unreachable" },
  { check: checkEncodedSlashes, kind: "encoded-slash" },
  { check: checkParameters, kind: "parameter" },
  { check: checkBodies, kind: "body" },
  { check: checkResponses, kind: "response" },
  { check: checkBounds, kind: "no-type" },
  { check: checkHandlers, kind: "handler" },
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
  /** What is merely unbounded or untidy stops the start too, instead of being a warning. Default: true. */
  readonly isStrict?: boolean;
  /** Administration and metrics have a listener of their own. Default: false. */
  readonly hasAdminListener?: boolean;
};

/** Checks the contract of the service itself, strictly, and parses it. */
export function parseContract(loaded: LoadedDocument, options: CheckOptions = {}): ParsedContract {
  const outline = outlineOnce(loaded.document);
  const verdict = judgeContract(loaded, outline, options);
  if (verdict.findings.length > 0) return { kind: "refused", ...verdict };
  const parts = { text: () => loaded.text, lines: findLines(outline, loaded.lineOf) };
  return { kind: "sound", contract: toContract(outline, parts, ownNames(outline)), warnings: verdict.warnings };
}

/**
 * Finds everything that must stop the start, in the order of its lines: what would leave an operation open, unreachable
 * or failing on every request; if the check is strict, also what is unbounded or untidy, which are warnings otherwise.
 */
export function judgeContract(
  places: SourcePlaces,
  outline: Outline,
  { isStrict = true, handlers, hasAdminListener = false }: CheckOptions = {},
): Verdict {
  const found: Finding[] = [];
  const reportAs = reportInto(found, places);
  const stopsStart = ({ kind }: Finding) => isStrict || !isUntidy(kind);

  if (checkVersion(outline, reportAs("version"))) {
    for (const { check, kind } of CHECKS) check(outline, reportAs(kind), { handlers, hasAdminListener });
  }
  // Its messages are less helpful than those of the other checks, and would repeat them.
  if (!found.some(stopsStart)) checkOpenApiSchema(outline, reportAs("openapi-schema"));
  const inOrder = found.toSorted((one, other) => one.line - other.line);
  return { findings: inOrder.filter(stopsStart), warnings: inOrder.filter((one) => !stopsStart(one)) };
}

/** Collects findings. A part that several operations refer to is reported once. */
function reportInto(findings: Finding[], places: SourcePlaces) {
  const reported = new Set<string>();
  return (kindOfCheck: FindingKind): Report =>
    (pointer, message, kind = kindOfCheck) => {
      const name = JSON.stringify([pointer, message]);
      if (!reported.has(name)) findings.push({ ...sourcePlaceOf(places, pointer), message, kind });
      reported.add(name);
    };
}
