import { SCOPE } from "../../keys/scopes.ts";
import type { Pointer, Report } from "../document/finding.ts";
import { asList, asRecord, isRecord, type JsonObject } from "../document/json.ts";
import { needsOtherCredential } from "../model/operations.ts";
import type { Outline } from "../model/outline.ts";
import type { KeySchemes } from "../model/schemes.ts";

/** Finds security schemes that neither the service nor an upstream enforces. */
export function checkSchemes(outline: Outline, report: Report) {
  const ofUpstream = upstreamSchemes(outline);
  for (const name of outline.schemeNames) {
    if (outline.keySchemes[name] === undefined && !ofUpstream.has(name)) {
      report(
        ["components", "securitySchemes", name],
        `the security scheme ${name} is not enforced: use type: apiKey, with a name, in: header or query`,
      );
    }
  }
}

/** Finds scopes that no key can be issued with. */
export function checkScopeNames({ document, schemeNames }: Outline, report: Report) {
  for (const name of schemeNames) {
    const place = ["components", "securitySchemes", name, "x-scopes"];
    for (const scope of Object.keys(asRecord(document.findAt(place)))) {
      if (!SCOPE.test(scope)) {
        report([...place, scope], `no key can have the scope ${scope}: use letters, digits and . _ : / - (at most 64)`);
      }
    }
  }
}

/**
 * The schemes that an upstream enforces: of operations with `security: passthrough`, or together with a key. A scheme
 * that some operation accepts alone, without a key and without passthrough, is not among them.
 */
function upstreamSchemes({ operations, keySchemes }: Outline): ReadonlySet<string> {
  const required = operations.flatMap(({ extension, requirements }) => {
    const isForUpstream = extension.security === "passthrough";
    return requirements.map((requirement) => ({
      requirement,
      isForUpstream: isForUpstream || needsOtherCredential(keySchemes, requirement),
    }));
  });
  const namesIn = (wanted: boolean) =>
    required.flatMap(({ requirement, isForUpstream }) => (isForUpstream === wanted ? Object.keys(requirement) : []));
  const enforced = new Set(namesIn(false));
  return new Set(namesIn(true).filter((name) => !enforced.has(name)));
}

/** Finds operations that would be open, or ask for a key, scheme or scope that no key can have. */
export function checkSecurity(outline: Outline, report: Report) {
  let isRootChecked = false;
  for (const { label, pointer, operation, extension, security } of outline.operations) {
    if (!Array.isArray(security)) {
      report(
        pointer,
        `${label} declares no security: add a scheme and its scopes, or security: [] if it is public`,
        "no-security",
      );
      continue;
    }
    if (extension.security === "passthrough") {
      checkPassthrough(outline.keySchemes, { label, security, holder: pointer }, report);
      continue;
    }
    // What all operations inherit is reported once.
    const isInherited = !operation["security"];
    if (isInherited && isRootChecked) continue;
    isRootChecked ||= isInherited;
    checkRequirements(outline, { label, security, holder: isInherited ? [] : pointer }, report);
  }
}

/** With `security: passthrough`, an operation must not ask for a key, because nothing would check it. */
function checkPassthrough(schemes: KeySchemes, { label, security, holder }: Secured, report: Report) {
  const own = security.flatMap((requirement) => Object.keys(asRecord(requirement))).find((one) => schemes[one]);
  if (own !== undefined) {
    report(
      holder,
      `${label} has security: passthrough and asks for ${own}, which nothing would then check: remove one of them`,
    );
  }
}

type Secured = { readonly label: string; readonly security: readonly unknown[]; readonly holder: Pointer };

function checkRequirements(outline: Outline, { label, security, holder }: Secured, report: Report) {
  const carriers = new Set<string>();
  security.forEach((requirement, index) => {
    const place = [...holder, "security", index];
    if (!isRecord(requirement) || Object.keys(requirement).length === 0) {
      report(place, `${label} has the alternative {}, which admits every request: remove it, or use security: []`);
      return;
    }
    const handled = Object.keys(requirement).flatMap((scheme) => outline.keySchemes[scheme] ?? []);
    for (const carrier of handled) carriers.add(carrier.in);
    if (handled.length > 1 && new Set(handled.map((carrier) => carrier.in)).size === 1) {
      const both = Object.keys(requirement).join(" and ");
      report(place, `${label} asks for ${both} at once, but a request has only one key: make them alternatives`);
    }
    checkScopes(outline, { label, requirement, place }, report);
  });
  if (carriers.size > 1) {
    report(
      holder.length > 0 ? holder : ["security"],
      `${label} takes a key in the header or in the query, so clients would send it in both: choose one`,
    );
  }
}

type Required = { readonly label: string; readonly requirement: JsonObject; readonly place: Pointer };

function checkScopes(
  { schemeNames, keySchemes, scopes }: Outline,
  { label, requirement, place }: Required,
  report: Report,
) {
  for (const [scheme, needed] of Object.entries(requirement)) {
    if (!schemeNames.includes(scheme)) {
      report(
        place,
        `${label} asks for the security scheme ${scheme}, which is not defined: add it to components.securitySchemes`,
        "security-scheme",
      );
    }
    if (!Array.isArray(needed)) {
      report(place, `${label} has no list of scopes for ${scheme}: use ${scheme}: [] for any key`);
    }
    // A scheme that is not enforced has a finding of its own; its scopes mean nothing.
    if (schemeNames.includes(scheme) && keySchemes[scheme] === undefined) continue;
    for (const scope of asList(needed)) {
      if (typeof scope === "string" && Object.hasOwn(scopes, scope)) continue;
      report(
        place,
        `${label} asks for the scope ${scope}, which no x-scopes describes: describe it there, or correct it`,
        "scope",
      );
    }
  }
}
