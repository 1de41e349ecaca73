import { SCOPE } from "../../keys/scopes.ts";
import type { Pointer, Report } from "../document/finding.ts";
import { asList, asRecord, isRecord, type JsonObject } from "../document/json.ts";
import { schemeExtensionOf } from "../model/extension.ts";
import { toOperation } from "../model/operations.ts";
import type { FoundOperation, Outline } from "../model/outline.ts";
import { type KeySchemes, schemesIn } from "../model/schemes.ts";
import { keyAlternatives, keysIn, toSecurity } from "../model/security.ts";

/** Finds schemes that operations need and nothing enforces, and schemes whose `x-latchkey` has no effect. */
export function checkSchemes(outline: Outline, report: Report) {
  const unmet = unmetSchemes(outline);
  for (const [name, scheme] of schemesIn(outline.document)) {
    const place = ["components", "securitySchemes", name];
    if (unmet.has(name)) {
      report(
        place,
        `the security scheme ${name} is not enforced: use type: apiKey, with a name, in: header, query or cookie; or x-latchkey: { security: passthrough } if your API checks it`,
      );
    }
    const problem = extensionError(scheme);
    if (problem !== undefined) report([...place, "x-latchkey"], `x-latchkey of ${name} ${problem}`, "extension");
  }
}

/** The schemes of operations that neither a key nor a visible credential for the upstream can meet. */
function unmetSchemes({ operations, keySchemes, otherSchemes }: Outline): ReadonlySet<string> {
  const unmet = operations
    .filter(({ extension }) => extension.security !== "passthrough")
    .flatMap(({ requirements }) => {
      const isForKeys = requirements.some((one) => keysIn(keySchemes, one).length > 0);
      return isForKeys ? [] : requirements.flatMap(Object.keys);
    });
  return new Set(unmet.filter((name) => otherSchemes[name] === undefined));
}

function extensionError(scheme: JsonObject): string | undefined {
  const { carrier, prefix, security } = schemeExtensionOf(scheme);
  const isBasic = scheme["type"] === "http" && String(scheme["scheme"]).toLowerCase() === "basic";
  if (security !== undefined && (carrier !== undefined || prefix !== undefined)) {
    return "has both security: passthrough, for your API, and a place for a key: remove one of them";
  }
  if ((carrier === "user-name" || carrier === "password") && !isBasic) {
    return `says carrier: ${carrier}, which only Basic credentials have: use type: http, scheme: basic`;
  }
  if (prefix !== undefined && (scheme["type"] !== "apiKey" || scheme["in"] !== "header")) {
    return "has a prefix, which only a header can have: use type: apiKey, in: header";
  }
  return undefined;
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

/** Finds operations that would be open, or ask for a key, scheme or scope that no key can have. */
export function checkSecurity(outline: Outline, report: Report) {
  let isRootChecked = false;
  for (const found of outline.operations) {
    const { label, pointer, operation, extension, security } = found;
    if (!Array.isArray(security)) {
      report(
        pointer,
        `${label} declares no security: add a scheme and its scopes, or security: [] if it is public`,
        "no-security",
      );
      continue;
    }
    checkOwnScopes(outline, found, report);
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

/** The scopes of `x-latchkey` must be those of a key: an operation that needs none would be open by oversight. */
function checkOwnScopes(outline: Outline, found: FoundOperation, report: Report) {
  const { scopes = [] } = found.extension;
  const { requirements } = toSecurity(outline, found);
  if (scopes.length === 0 || requirements.some((requirement) => requirement.length > 0)) return;
  report(
    [...found.pointer, "x-latchkey", "scopes"],
    `${found.label} needs ${scopes.join(", ")} and no key, so nothing would check it: add a scheme for keys to its security, or remove the scopes`,
  );
}

/** With `security: passthrough`, an operation must not ask for a key, because nothing would check it. */
function checkPassthrough(schemes: KeySchemes, { label, security, holder }: Secured, report: Report) {
  const names = security.flatMap((requirement) => Object.keys(asRecord(requirement)));
  // A fallback is a key for other operations, not for this one.
  const own = names.find((one) => schemes[one] !== undefined && schemes[one].precedence !== "fallback");
  if (own !== undefined) {
    report(
      holder,
      `${label} has security: passthrough and asks for ${own}, which nothing would then check: remove one of them`,
    );
  }
}

/** Finds what a client sends for an upstream, and the upstream never gets, because it gets credentials in its place. */
export function checkUpstreamHeaders(outline: Outline, report: Report) {
  for (const found of outline.operations) {
    const operation = toOperation(outline, found);
    const names = Object.keys(operation.upstreamHeaders).map((name) => name.toLowerCase());
    const parameter = operation.headerParameters.find((name) => names.includes(name.toLowerCase()));
    const { isPassthrough, needsOtherCredential, otherAlternatives } = operation;
    const hasLogin = isPassthrough || needsOtherCredential || otherAlternatives.length > 0;
    const lost = parameter ?? (hasLogin && names.includes("authorization") ? "Authorization" : undefined);
    if (lost === undefined) continue;
    report(
      found.pointer,
      `${found.label} passes on ${lost} of its clients, but its upstream gets that header from x-latchkey: remove one of them`,
      "key-scheme",
    );
  }
}

type Secured = { readonly label: string; readonly security: readonly unknown[]; readonly holder: Pointer };

function checkRequirements(outline: Outline, { label, security, holder }: Secured, report: Report) {
  const forKeys = keyAlternatives(outline.keySchemes, security.map(asRecord));
  const places = new Set<string>();
  security.forEach((requirement, index) => {
    const place = [...holder, "security", index];
    if (!isRecord(requirement)) {
      report(
        place,
        `${label} has the alternative ${JSON.stringify(requirement)}: use an object, such as { ApiKey: [] }`,
      );
      return;
    }
    const keys = keysIn(outline.keySchemes, requirement);
    const carriers = keys.flatMap((scheme) => outline.keySchemes[scheme] ?? []);
    for (const carrier of carriers) places.add(carrier.in);
    if (new Set(carriers.map(({ in: where, name }) => `${where} ${name}`)).size > 1) {
      report(
        place,
        `${label} asks for ${keys.join(" and ")} at once, so a key is taken from either, and the other value is passed on: add x-latchkey: { security: passthrough } to the scheme that your API checks`,
        "key-scheme",
      );
    }
    if (!forKeys.includes(requirement)) checkAlternative(outline, { label, requirement, place }, report);
    checkScopes(outline, { label, requirement, place }, report);
  });
  if (places.has("query") && places.size > 1) {
    report(
      holder.length > 0 ? holder : ["security"],
      `${label} takes a key in the query or elsewhere, so clients may send it in both: choose one`,
      "key-scheme",
    );
  }
}

/** An alternative to a key that is not one itself: it admits no request, unless the contract leaves it to the upstream. */
function checkAlternative({ otherSchemes }: Outline, { label, requirement, place }: Required, report: Report) {
  const names = Object.keys(requirement);
  if (names.every((name) => otherSchemes[name] !== undefined)) return;
  report(
    place,
    `${label} also accepts ${names.join(" and ")} without a key, which Latchkey refuses: add x-latchkey to the scheme, with security: passthrough if your API checks it, or carrier: key if it carries a key`,
    "key-scheme",
  );
}

type Required = { readonly label: string; readonly requirement: JsonObject; readonly place: Pointer };

function checkScopes(
  { schemeNames, keySchemes, scopes }: Outline,
  { label, requirement, place }: Required,
  report: Report,
) {
  const keys = keysIn(keySchemes, requirement);
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
    // The scopes of another credential are for the upstream to check.
    if (schemeNames.includes(scheme) && !keys.includes(scheme)) continue;
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
