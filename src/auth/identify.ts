import { digestOf, isSameDigest } from "../keys/digest.ts";
import { parseKey } from "../keys/format.ts";
import type { ApiKey, Environment } from "../keys/key.ts";
import { type KeyState, stateOf } from "../keys/lifecycle.ts";
import { isWithin } from "../keys/networks.ts";
import type { Clock } from "../lib/time/clock.ts";
import type { Presented } from "./presented-key.ts";

/** What is known about the holder of the presented key. */
export type Identity =
  | Exclude<Presented, { readonly kind: "one" }>
  /** Malformed or never issued. The two are never distinguished, so that callers cannot find out which. */
  | { readonly kind: "unknown" }
  | KnownKey
  /** The store failed: the key may or may not be valid, so it is not admitted. */
  | { readonly kind: "undecided"; readonly cause: unknown };

export type KnownKey = {
  readonly kind: "known";
  readonly key: ApiKey;
  readonly state: KeyState;
  /** Does this service accept keys of this environment? */
  readonly isAccepted: boolean;
  /** May the key be used from the address of the caller? */
  readonly isAddressAllowed: boolean;
};

export type KeyFinder = {
  readonly findByDigest: (digest: string) => Promise<ApiKey | undefined>;
  /**
   * Looks without waiting. Each call proves what it returns to be current.
   * @returns null: the key does not exist; undefined: only `findByDigest` can tell.
   * @throws when that cannot be proven.
   */
  readonly findCached?: (digest: string) => ApiKey | null | undefined;
};

/** The dependencies of `identify`. */
export type IdentifyDeps = {
  readonly keys: KeyFinder;
  readonly clock: Clock;
  /** The environments whose keys are accepted here. */
  readonly environments: readonly Environment[];
};

/**
 * Looks a presented key up, once. Never throws.
 * @param address the address of the caller; undefined to ignore where a key may be used from.
 */
export async function identify(presented: Presented, deps: IdentifyDeps, address?: string): Promise<Identity> {
  if (presented.kind !== "one") return presented;
  const parsed = parseKey(presented.text);
  if (parsed === undefined) return { kind: "unknown" };

  return identifyDigest(digestOf(parsed.text), deps, address);
}

/** The same for a key that was parsed before. Never throws. */
export async function identifyDigest(digest: string, deps: IdentifyDeps, address?: string): Promise<Identity> {
  try {
    const key = await deps.keys.findByDigest(digest);
    if (key === undefined || !isSameDigest(key.digest, digest)) return { kind: "unknown" };

    return identifyKnown(key, deps, address);
  } catch (cause) {
    return { kind: "undecided", cause };
  }
}

/** The same for a key that was found before. */
export function identifyKnown(
  key: ApiKey,
  { clock, environments }: Pick<IdentifyDeps, "clock" | "environments">,
  address?: string,
): KnownKey {
  return {
    kind: "known",
    key,
    state: stateOf(key, clock.now()),
    isAccepted: environments.includes(key.environment),
    isAddressAllowed: key.allowedIps.length === 0 || address === undefined || isWithin(key.allowedIps, address),
  };
}
