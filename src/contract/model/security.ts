import { asList, type JsonObject } from "../document/json.ts";
import type { FoundOperation, Outline } from "./outline.ts";
import { type Carrier, isIn, type KeySchemes, type OtherSchemes } from "./schemes.ts";

/** Who may call an operation, and where a request carries its credentials. */
export type OperationSecurity = {
  /** Requests need no key: `security: []`. */
  readonly isPublic: boolean;
  /** `security: passthrough`: its upstream enforces its security, so no credential is removed. */
  readonly isPassthrough: boolean;
  /** It has the alternative `{}`: requests without a key are admitted too. */
  readonly isOptional: boolean;
  /** Besides a key it needs another credential, such as a user's token, which the handler or upstream checks. */
  readonly needsOtherCredential: boolean;
  /** The names of its security schemes. */
  readonly schemes: readonly string[];
  /** Every scope that its security names. */
  readonly scopes: readonly string[];
  /** The alternatives of its security: a key has to meet one of them. Empty if it needs no key. */
  readonly requirements: readonly SecurityRequirement[];
  /** Where its key may be. */
  readonly carriers: readonly Carrier[];
  /** Carriers of this contract that may hold another credential of this operation instead of a key. */
  readonly sharedCarriers: readonly Carrier[];
  /** The query parameters that its security schemes name. What is in them besides the key goes to its upstream. */
  readonly credentialParameters: readonly string[];
  /** The alternatives that its upstream checks: a request with all of these credentials needs no key. */
  readonly otherAlternatives: readonly OtherAlternative[];
};

/**
 * The schemes that a key has to meet, all of them. What another credential has to meet is left out. No key meets an empty
 * one.
 */
export type SecurityRequirement = readonly RequiredScheme[];

export type RequiredScheme = {
  /** The name of a key scheme. */
  readonly scheme: string;
  readonly scopes: readonly string[];
};

/** The places of its credentials; never empty. */
export type OtherAlternative = readonly Carrier[];

type Schemes = Pick<Outline, "keySchemes" | "otherSchemes">;

export function toSecurity({ keySchemes, otherSchemes }: Schemes, found: FoundOperation): OperationSecurity {
  const isPassthrough = found.extension.security === "passthrough";
  const requirements = isPassthrough ? [] : found.requirements.filter((one) => Object.keys(one).length > 0);
  const forKeys = keyAlternatives(keySchemes, requirements);
  const mixed = forKeys.filter((requirement) => needsOtherCredential(keySchemes, requirement));
  return {
    isPublic: requirements.length === 0,
    isPassthrough,
    isOptional: requirements.length > 0 && requirements.length < found.requirements.length,
    needsOtherCredential: mixed.length > 0,
    schemes: [...new Set(requirements.flatMap(Object.keys))],
    scopes: [...new Set(forKeys.flatMap((requirement) => scopesIn(keySchemes, requirement)))],
    requirements: forKeys.map((requirement) => toRequirement(keySchemes, requirement)),
    carriers: carriersOf(
      keySchemes,
      forKeys.flatMap((requirement) => keysIn(keySchemes, requirement)),
    ),
    sharedCarriers: carriersOf(keySchemes, mixed.flatMap(Object.keys)).filter(({ name }) => name !== "authorization"),
    credentialParameters: found.credentialParameters,
    otherAlternatives: requirements.flatMap((requirement) => toOtherAlternative(otherSchemes, requirement)),
  };
}

/**
 * The alternatives that a key may meet. Where one of them names a scheme for keys, the others are for other credentials:
 * a key without the scopes of the former must not be admitted by the latter.
 */
export function keyAlternatives(keySchemes: KeySchemes, requirements: readonly JsonObject[]): readonly JsonObject[] {
  const isForKeys = (name: string) => keySchemes[name]?.precedence !== "fallback";
  const forKeys = requirements.filter((requirement) => keysIn(keySchemes, requirement).some(isForKeys));
  return forKeys.length > 0 ? forKeys : requirements;
}

/** Does `requirement` ask for a key and for another credential, or for several values of which one is the key? */
export function needsOtherCredential(keySchemes: KeySchemes, requirement: JsonObject): boolean {
  const keys = keysIn(keySchemes, requirement);
  const isMixed = keys.length > 0 && keys.length < Object.keys(requirement).length;
  return isMixed || carriersOf(keySchemes, keys).length > 1;
}

/**
 * The schemes of `requirement` that a key has to meet; the others are credentials for the upstream. Those that are
 * chosen by `x-latchkey` come before other `apiKey` schemes, and these before fallbacks.
 */
export function keysIn(keySchemes: KeySchemes, requirement: JsonObject): readonly string[] {
  const names = Object.keys(requirement).filter((name) => keySchemes[name] !== undefined);
  for (const precedence of ["chosen", undefined, "fallback"]) {
    const found = names.filter((name) => keySchemes[name]?.precedence === precedence);
    if (found.length > 0) return found;
  }
  return [];
}

/** The different places of these schemes. */
function carriersOf(keySchemes: KeySchemes, names: readonly string[]): readonly Carrier[] {
  const found: Carrier[] = [];
  for (const carrier of names.flatMap((name) => keySchemes[name] ?? [])) {
    if (!isIn(found, carrier)) found.push(carrier);
  }
  return found;
}

function toRequirement(keySchemes: KeySchemes, requirement: JsonObject): SecurityRequirement {
  return keysIn(keySchemes, requirement).map((scheme) => ({
    scheme,
    scopes: asList(requirement[scheme]).map(String),
  }));
}

/** The scopes that a key needs; those of another credential are for the upstream to check. */
function scopesIn(keySchemes: KeySchemes, requirement: JsonObject): readonly string[] {
  const keys = keysIn(keySchemes, requirement);
  const names = keys.length > 0 ? keys : Object.keys(requirement);
  return names.flatMap((name) => asList(requirement[name])).map(String);
}

/** Not an alternative if one of its credentials is not visible in a request: then it would admit every request. */
function toOtherAlternative(otherSchemes: OtherSchemes, requirement: JsonObject): readonly OtherAlternative[] {
  const places = Object.keys(requirement).map((name) => otherSchemes[name]);
  const visible = places.filter((place) => place !== undefined);
  return visible.length > 0 && visible.length === places.length ? [visible] : [];
}
