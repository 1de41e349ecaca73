import type { Report } from "../document/finding.ts";
import { asRecord, type JsonObject } from "../document/json.ts";
import { withValues } from "../document/rewrite.ts";
import { type FoundOperation, type Outline, outlineOnce } from "../model/outline.ts";
import { isPlain, schemesIn } from "../model/schemes.ts";
import { keysIn } from "../model/security.ts";

/**
 * Decides where each operation of a user contract takes its key from, so that none is open by oversight: one without
 * `security` needs a key, and where a requirement names no scheme for keys, its schemes carry one. `x-latchkey` on a
 * scheme says it otherwise. Reports what the author may have meant differently.
 */
export function withKeySchemes(raw: JsonObject, report: Report): JsonObject {
  const secured = withDefaultSecurity(raw, report);
  const outline = outlineOnce(secured);
  const fallbacks = findFallbacks(outline);
  if (fallbacks.size === 0) return secured;
  const schemes = new Map(schemesIn(outline.document));
  return withValues(
    secured,
    [...fallbacks].map(([name, { label }]) => {
      const scheme = schemes.get(name) ?? {};
      const what = describe(outline, name, scheme);
      if (what !== undefined) {
        report(
          [...SCHEMES, name],
          `${name} ${what}, and ${label} names no scheme for keys: there ${name} carries an API key; if your API checks it, add x-latchkey: { security: passthrough } to ${name}`,
        );
      }
      return [[...SCHEMES, name], toFallback(scheme)];
    }),
  );
}

const SCHEMES = ["components", "securitySchemes"];

/** Requires a key for operations that say nothing about security. */
function withDefaultSecurity(raw: JsonObject, report: Report): JsonObject {
  if (raw["security"] !== undefined) return raw;
  const outline = outlineOnce(raw);
  const silent = outline.operations.filter(({ operation }) => operation["security"] === undefined);
  const [first, ...others] = silent.filter(({ extension }) => extension.security !== "passthrough");
  if (silent.length === 0) return raw;

  const name = defaultSchemeOf(outline);
  const isAdded = !outline.schemeNames.includes(name);
  if (first !== undefined) {
    const declare = others.length > 0 ? `and ${others.length} more declare` : "declares";
    report(
      first.pointer,
      `${first.label} ${declare} no security, and therefore needs a key: add ${name} to security, or security: [] if it is public`,
      "default-security",
    );
  }
  return withValues(raw, [
    ...(isAdded && first !== undefined ? [[[...SCHEMES, name], DEFAULT_SCHEME] as const] : []),
    ...silent.map((found) => [[...found.pointer, "security"], securityOf(found, name)] as const),
  ]);
}

function securityOf({ extension }: FoundOperation, name: string): readonly JsonObject[] {
  return extension.security === "passthrough" ? [] : [{ [name]: [] }];
}

const DEFAULT_SCHEME = { type: "apiKey", in: "header", name: "x-api-key" };

/** The scheme of operations that name none: a key in a header, or a new one. */
function defaultSchemeOf({ keySchemes, schemeNames }: Outline): string {
  const [named] = Object.entries(keySchemes).find(([, one]) => one.in === "header" && isPlain(one)) ?? [];
  let free = "ApiKey";
  while (schemeNames.includes(free)) free = `Latchkey${free}`;
  return named ?? free;
}

/** The schemes that carry a key because a requirement names no other for it, with the first such operation. */
function findFallbacks({ operations, keySchemes, otherSchemes, schemeNames }: Outline) {
  const found = new Map<string, FoundOperation>();
  for (const operation of operations) {
    const isDecided = operation.requirements.some((one) => keysIn(keySchemes, one).length > 0);
    if (isDecided || operation.extension.security === "passthrough") continue;
    for (const requirement of operation.requirements) {
      for (const name of Object.keys(requirement)) {
        const isUndecided = schemeNames.includes(name) && !(name in otherSchemes);
        if (isUndecided && !found.has(name)) found.set(name, operation);
      }
    }
  }
  return found;
}

/** What the author may have meant otherwise; undefined for a token that says it is not a user's login. */
function describe({ operations, keySchemes }: Outline, name: string, scheme: JsonObject): string | undefined {
  const { type, bearerFormat } = scheme;
  if (type !== "http") return `is of type ${type}`;
  if (String(scheme["scheme"]).toLowerCase() === "basic") return "is for passwords";
  if (/jwt/i.test(String(bearerFormat))) return "is for JWTs";
  const isBesideKey = operations.some(({ requirements }) =>
    requirements.some((one) => Object.hasOwn(one, name) && keysIn(keySchemes, one).length > 0),
  );
  return isBesideKey ? "comes beside a key elsewhere" : undefined;
}

/** The scheme as keys are sent in it: pages must not send people to a login of another service. */
function toFallback(scheme: JsonObject): JsonObject {
  const { type, description } = scheme;
  const extension = { ...asRecord(scheme["x-latchkey"]), carrier: "fallback" };
  if (type === "http") return { ...scheme, "x-latchkey": extension };
  const described = asRecord(scheme["x-scopes"]);
  return {
    type: "http",
    scheme: "bearer",
    bearerFormat: "API key",
    ...(description !== undefined && { description }),
    "x-scopes": { ...flowScopes(scheme), ...described },
    "x-latchkey": extension,
  };
}

function flowScopes({ flows }: JsonObject): JsonObject {
  return Object.assign({}, ...Object.values(asRecord(flows)).map((flow) => asRecord(asRecord(flow)["scopes"])));
}
