/** The shape of a scope; the same as `Scope` in openapi.yaml. */
export const SCOPE = /^[0-9A-Za-z][0-9A-Za-z._:/-]{0,63}$/;

const ADMINISTRATIVE_RESOURCES: readonly string[] = ["clients", "keys", "usage", "audit", "metrics"];

/** Does `scope` administer this service, rather than give access to its data? */
export function isAdministrative(scope: string): boolean {
  return ADMINISTRATIVE_RESOURCES.some((resource) => scope === resource || scope.startsWith(`${resource}:`));
}

/** The scopes of `needed` that `held` does not include, in the order of `needed`. */
export function missingScopes(held: readonly string[], needed: readonly string[]): readonly string[] {
  return needed.filter((scope) => !held.includes(scope));
}

/**
 * The scopes of `wanted` that a key with the scopes `held` may not grant: administrative ones that it lacks itself.
 * Otherwise every key that may issue keys could become an administrator.
 */
export function ungrantableScopes(held: readonly string[], wanted: readonly string[]): readonly string[] {
  return missingScopes(held, wanted.filter(isAdministrative));
}
