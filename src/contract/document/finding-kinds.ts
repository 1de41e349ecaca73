type Facts = {
  /** It opens nothing and can be served: a warning, unless the check is strict. */
  readonly isUntidy: boolean;
  /** `latchkey init` writes a copy without it. */
  readonly isFixedByInit?: boolean;
};

const STOPS: Facts = { isUntidy: false };
const FIXED_BY_INIT: Facts = { isUntidy: false, isFixedByInit: true };
const UNTIDY: Facts = { isUntidy: true };
const UNTIDY_FIXED_BY_INIT: Facts = { isUntidy: true, isFixedByInit: true };

/** Every kind of finding. Strictness is for what opens a hole or cannot work; the rest is a warning by default. */
const KINDS = {
  version: STOPS,
  server: STOPS,
  "servers-differ": UNTIDY,
  "other-server": UNTIDY,
  "security-scheme": FIXED_BY_INIT,
  /** A scheme carries keys, although the contract may mean something else. */
  "key-scheme": UNTIDY,
  "scope-name": STOPS,
  "scope-description": UNTIDY,
  path: STOPS,
  unreachable: UNTIDY,
  "path-names": UNTIDY,
  "path-overlap": UNTIDY,
  "path-query": UNTIDY,
  "encoded-slash": UNTIDY,
  method: UNTIDY,
  "operation-id": UNTIDY,
  "no-security": FIXED_BY_INIT,
  /** Operations without security, which therefore need a key. */
  "default-security": UNTIDY_FIXED_BY_INIT,
  security: STOPS,
  scope: STOPS,
  extension: STOPS,
  plan: STOPS,
  upgrade: STOPS,
  "upgrade-undeclared": UNTIDY,
  word: STOPS,
  "empty-enum": UNTIDY,
  "enum-type": UNTIDY,
  default: UNTIDY,
  nullable: UNTIDY,
  reference: STOPS,
  pattern: STOPS,
  "pattern-syntax": UNTIDY,
  keyword: STOPS,
  /** A keyword of a schema that has no meaning with its value, and is ignored. */
  "unusable-keyword": UNTIDY,
  parameter: UNTIDY,
  "parameter-style": UNTIDY,
  /** A declared header that the gateway keeps for itself. */
  "reserved-header": UNTIDY,
  body: UNTIDY,
  response: UNTIDY,
  "no-type": UNTIDY,
  "no-max-length": UNTIDY,
  "no-max-items": UNTIDY,
  "no-maximum": UNTIDY,
  "no-minimum": UNTIDY,
  "open-object": UNTIDY,
  "open-parts": UNTIDY,
  "openapi-schema": STOPS,
  "openapi-untidy": UNTIDY,
  "openapi-3.2": UNTIDY,
  handler: STOPS,
  collision: FIXED_BY_INIT,
  hidden: UNTIDY,
  upstream: STOPS,
} satisfies Record<string, Facts>;

export type FindingKind = keyof typeof KINDS;

/** Is a finding of this kind a warning, unless the check is strict? */
export function isUntidy(kind: FindingKind | undefined): boolean {
  return kind !== undefined && KINDS[kind].isUntidy;
}

/** Does `latchkey init` write a copy of the contract without findings of this kind? */
export function isFixedByInit(kind: FindingKind | undefined): boolean {
  if (kind === undefined) return false;
  const facts: Facts = KINDS[kind];
  return facts.isFixedByInit === true;
}
