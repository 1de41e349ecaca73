const ADMINISTRATIVE_RESOURCES: readonly string[] = ["clients", "keys", "usage", "audit", "metrics"];

/** Does `scope` administer this service itself, rather than open its data? */
export function isAdministrative(scope: string): boolean {
  return ADMINISTRATIVE_RESOURCES.some((resource) => scope === resource || scope.startsWith(`${resource}:`));
}

/** The scopes of `needed` that `held` does not cover, in the order of `needed`. */
export function missingScopes(held: readonly string[], needed: readonly string[]): readonly string[] {
  return needed.filter((scope) => !held.includes(scope));
}

/**
 * The scopes of `wanted` that a key with `held` must not pass on: administrative ones that it lacks itself.
 * Otherwise whoever may issue keys could take the administrator's place.
 */
export function ungrantableScopes(held: readonly string[], wanted: readonly string[]): readonly string[] {
  return missingScopes(held, wanted.filter(isAdministrative));
}
