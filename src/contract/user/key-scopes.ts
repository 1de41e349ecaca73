import { hash } from "node:crypto";
import { SCOPE } from "../../keys/scopes.ts";
import type { Report } from "../document/finding.ts";
import { asList, asRecord, type JsonObject } from "../document/json.ts";
import { withValues } from "../document/rewrite.ts";
import { type Outline, outlineOnce } from "../model/outline.ts";
import { keyAlternatives, keysIn } from "../model/security.ts";

/**
 * Makes every scope that a user contract asks a key for one that keys can have: described, and not a scope of Latchkey
 * itself.
 * @param isReserved finds the scopes of Latchkey itself.
 */
export function withKeyScopes(raw: JsonObject, isReserved: (scope: string) => boolean, report: Report): JsonObject {
  const outline = outlineOnce(raw);
  const renamed = renamedScopes(outline, isReserved);
  const security = outline.operations.flatMap(({ pointer, operation, requirements }) => {
    const after = requirements.map((one) => withNames(outline, one, renamed));
    const isChanged = after.some((one, index) => one !== requirements[index]);
    return isChanged && operation["security"] !== undefined ? [[[...pointer, "security"], after] as const] : [];
  });
  const root = asList(raw["security"]).map((one) => withNames(outline, asRecord(one), renamed));
  const isRootChanged = root.some((one, index) => one !== asList(raw["security"])[index]);
  return withValues(raw, [
    ...security,
    ...(isRootChanged ? [[["security"], root] as const] : []),
    ...described(outline, { renamed, isReserved, report }),
  ]);
}

type Renamed = ReadonlyMap<string, string>;

/** The other names of scopes that no key can have, of schemes that were not made for keys. */
function renamedScopes(outline: Outline, isReserved: (scope: string) => boolean): Renamed {
  const needed = neededScopes(outline);
  const written = Object.keys(outline.keySchemes).flatMap((scheme) =>
    isFallback(outline, scheme) ? [...(needed.get(scheme) ?? [])] : [],
  );
  const all = new Set(written);
  const renamed = new Map<string, string>();
  for (const scope of all) {
    if (SCOPE.test(scope) && !isReserved(scope)) continue;
    const text = `app-${scope.replaceAll(/[^0-9A-Za-z._:/-]+/g, "-")}`;
    // Cut off, or with other characters, two scopes could become one.
    const isUnique = text === `app-${scope}` && SCOPE.test(text) && !all.has(text);
    renamed.set(scope, isUnique ? text : `${text.slice(0, 51)}-${hash("sha256", scope).slice(0, 12)}`);
  }
  return renamed;
}

/** By key scheme, the scopes that its requirements name. */
function neededScopes({ operations, keySchemes }: Outline): ReadonlyMap<string, ReadonlySet<string>> {
  const needed = new Map<string, Set<string>>();
  for (const { requirements, extension } of operations) {
    if (extension.security === "passthrough") continue;
    for (const requirement of keyAlternatives(keySchemes, requirements)) {
      for (const scheme of keysIn(keySchemes, requirement)) {
        const scopes = asList(requirement[scheme]).filter((scope) => typeof scope === "string");
        needed.set(scheme, new Set([...(needed.get(scheme) ?? []), ...scopes]));
      }
    }
  }
  return needed;
}

function withNames(outline: Outline, requirement: JsonObject, renamed: Renamed): JsonObject {
  const keys = keysIn(outline.keySchemes, requirement).filter((scheme) => isFallback(outline, scheme));
  const isConcerned = keys.some((scheme) => asList(requirement[scheme]).some((one) => renamed.has(String(one))));
  if (!isConcerned) return requirement;
  const entries = keys.map((scheme) => [
    scheme,
    asList(requirement[scheme]).map((scope) => renamed.get(String(scope)) ?? scope),
  ]);
  return { ...requirement, ...Object.fromEntries(entries) };
}

function isFallback({ keySchemes }: Outline, scheme: string): boolean {
  return keySchemes[scheme]?.precedence === "fallback";
}

type Describing = {
  readonly renamed: Renamed;
  readonly isReserved: (scope: string) => boolean;
  readonly report: Report;
};

/** `x-scopes` of each key scheme, with those that are needed and described nowhere. */
function described(outline: Outline, { renamed, isReserved, report }: Describing) {
  const { document, scopes } = outline;
  return [...neededScopes(outline)].flatMap(([scheme, needed]) => {
    const pointer = ["components", "securitySchemes", scheme];
    const written = asRecord(document.resolve(document.findAt(pointer)));
    const isOwn = isFallback(outline, scheme);
    const before = asRecord(written["x-scopes"]);
    // Of a login's scopes only those that keys need: a key could be given the others, too.
    const kept = isOwn ? Object.entries(before).filter(([scope]) => needed.has(scope)) : Object.entries(before);
    const missing = [...needed].filter(
      (scope) => !Object.hasOwn(scopes, scope) && (isOwn || isUsable(scope, isReserved)),
    );
    if (missing.length === 0 && kept.length === Object.keys(before).length && renamed.size === 0) return [];
    if (missing.length > 0 && !isOwn) {
      report(
        pointer,
        `x-scopes of ${scheme} does not describe ${shortList(missing)}: describe what each allows`,
        "scope-description",
      );
    }
    const added = missing.map((scope) => [scope, `May use ${scope}.`] as const);
    const names = [...kept, ...added].map(([scope, text]) => [renamed.get(scope) ?? scope, text]);
    return [[pointer, { ...written, "x-scopes": Object.fromEntries(names) }] as const];
  });
}

function isUsable(scope: string, isReserved: (scope: string) => boolean): boolean {
  return SCOPE.test(scope) && !isReserved(scope);
}

function shortList(scopes: readonly string[]): string {
  const [first, second, third, ...others] = scopes;
  const named = [first, second, third].filter((one) => one !== undefined).join(", ");
  return others.length > 0 ? `${named} and ${others.length} more` : named;
}
