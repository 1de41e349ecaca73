import { SCOPE } from "../../keys/scopes.ts";
import type { Pointer, Report } from "../document/finding.ts";
import { asList, asRecord, findAt, isRecord, type JsonObject } from "../document/json.ts";
import { extensionOf } from "../model/extension.ts";
import { hasLogin, operationsIn } from "../model/operations.ts";
import { toKeySchemes, toScopes } from "../model/schemes.ts";

/** Finds security schemes that nothing handles. */
export function checkSchemes(document: JsonObject, report: Report) {
  const handled = toKeySchemes(document);
  const passed = passedSchemes(document);
  for (const name of definedSchemes(document)) {
    if (handled[name] === undefined && !passed.has(name)) {
      report(
        ["components", "securitySchemes", name],
        `nothing handles the security scheme ${name}: write type: apiKey, a name, and in: header or query`,
      );
    }
  }
}

/** Finds scopes that no key can be issued with. */
export function checkScopeNames(document: JsonObject, report: Report) {
  for (const name of definedSchemes(document)) {
    const place = ["components", "securitySchemes", name, "x-scopes"];
    for (const scope of Object.keys(asRecord(findAt(document, place)))) {
      if (!SCOPE.test(scope)) {
        report([...place, scope], `no key can have the scope ${scope}: use letters, digits and . _ : / - (64 at most)`);
      }
    }
  }
}

/**
 * The schemes that an upstream looks at: of operations that are told to pass, or beside a key. None of those that would
 * have to admit a request alone.
 */
function passedSchemes(document: JsonObject): ReadonlySet<string> {
  const forwardAuth = operationsIn(document).flatMap(({ operation }) => {
    const isPassed = extensionOf(operation).security === "passthrough";
    const requirements = asList(operation["security"] ?? document["security"]).map(asRecord);
    return requirements.map((requirement) => ({ requirement, isPassed: isPassed || hasLogin(document, requirement) }));
  });
  const namesIn = (wanted: boolean) =>
    forwardAuth.flatMap(({ requirement, isPassed }) => (isPassed === wanted ? Object.keys(requirement) : []));
  const enforced = new Set(namesIn(false));
  return new Set(namesIn(true).filter((name) => !enforced.has(name)));
}

/** Finds operations that would be open, or ask for a key, scheme or scope that nobody can have. */
export function checkSecurity(document: JsonObject, report: Report) {
  let isRootChecked = false;
  for (const { method, path, pointer, operation } of operationsIn(document)) {
    const name = `${method.toUpperCase()} ${path}`;
    const own = operation["security"];
    const security = own ?? document["security"];
    if (!Array.isArray(security)) {
      report(
        pointer,
        `${name} declares no security: name a scheme and its scopes, or write security: [] if it is public`,
      );
      continue;
    }
    if (extensionOf(operation).security === "passthrough") {
      checkPassed(document, { name, security, holder: pointer }, report);
      continue;
    }
    // What all inherit is told once.
    if (!own && isRootChecked) continue;
    isRootChecked ||= !own;
    checkRequirements(document, { name, security, holder: own ? pointer : [] }, report);
  }
}

/** An operation that is told to pass must have a security that its upstream can look at. */
function checkPassed(document: JsonObject, { name, security, holder }: Secured, report: Report) {
  const schemes = toKeySchemes(document);
  const own = security.flatMap((requirement) => Object.keys(asRecord(requirement))).find((one) => schemes[one]);
  if (own !== undefined) {
    report(
      holder,
      `${name} is told to pass, and asks for ${own}, which would then let everybody in: take one of them away`,
    );
  }
}

type Secured = { readonly name: string; readonly security: readonly unknown[]; readonly holder: Pointer };

function checkRequirements(document: JsonObject, { name, security, holder }: Secured, report: Report) {
  const schemes = toKeySchemes(document);
  const carriers = new Set<string>();
  security.forEach((requirement, index) => {
    const place = [...holder, "security", index];
    if (!isRecord(requirement) || Object.keys(requirement).length === 0) {
      report(place, `${name} lists {} as an alternative, which admits everybody: remove it, or write security: []`);
      return;
    }
    const handled = Object.keys(requirement).flatMap((scheme) => schemes[scheme] ?? []);
    for (const carrier of handled) carriers.add(carrier.in);
    if (handled.length > 1 && new Set(handled.map((carrier) => carrier.in)).size === 1) {
      const both = Object.keys(requirement).join(" and ");
      report(place, `${name} asks for ${both} at once, but a request has one key: make them alternatives`);
    }
    checkScopes(document, { name, requirement, place }, report);
  });
  if (carriers.size > 1) {
    report(
      holder.length > 0 ? holder : ["security"],
      `${name} takes a key in the header or in the query: clients then send it in both; choose one`,
    );
  }
}

type Required = { readonly name: string; readonly requirement: JsonObject; readonly place: Pointer };

function checkScopes(document: JsonObject, { name, requirement, place }: Required, report: Report) {
  const [defined, schemes, scopes] = [definedSchemes(document), toKeySchemes(document), toScopes(document)];
  for (const [scheme, needed] of Object.entries(requirement)) {
    if (!defined.includes(scheme)) {
      report(place, `${name} asks for the security scheme ${scheme}, which components.securitySchemes does not define`);
    }
    if (!Array.isArray(needed)) {
      report(place, `${name} does not list the scopes that it asks of ${scheme}: write ${scheme}: [] for any key`);
    }
    // Of a scheme that nothing handles the scopes mean nothing; that finding stands at the scheme.
    if (defined.includes(scheme) && schemes[scheme] === undefined) continue;
    for (const scope of asList(needed)) {
      if (typeof scope === "string" && Object.hasOwn(scopes, scope)) continue;
      report(place, `${name} asks for the scope ${scope}, which no x-scopes describes: add it there, or correct it`);
    }
  }
}

function definedSchemes(document: JsonObject): readonly string[] {
  return Object.keys(asRecord(asRecord(document["components"])["securitySchemes"]));
}
