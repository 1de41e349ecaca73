import { parseKey } from "../keys/format.ts";
import { digestOf, isSameDigest } from "../keys/hash.ts";
import type { ApiKey, Environment } from "../keys/key.ts";
import { type KeyState, stateOf } from "../keys/lifecycle.ts";
import { isWithin } from "../keys/networks.ts";
import type { Clock } from "../lib/time/clock.ts";
import type { Presented } from "./presented-key.ts";

/** Who presented the key, as far as that can be known. */
export type Identity =
  | Exclude<Presented, { readonly kind: "one" }>
  /** Malformed or never issued: told apart nowhere, so that nobody learns which. */
  | { readonly kind: "unknown" }
  | KnownKey
  /** The store did not answer: nothing is known, so nothing may be admitted. */
  | { readonly kind: "undecided"; readonly cause: unknown };

export type KnownKey = {
  readonly kind: "known";
  readonly key: ApiKey;
  readonly state: KeyState;
  /** Does the service accept keys of its environment? */
  readonly isAccepted: boolean;
  /** May the key be used from where it came? */
  readonly isAddressAllowed: boolean;
};

export type KeyFinder = {
  readonly findByDigest: (digest: string) => Promise<ApiKey | undefined>;
  /**
   * The same from memory alone, at once, proven fresh by each call: no call relies on the proof of another.
   * @returns null: there is no such key; undefined: only a look-up can tell.
   * @throws when nothing can be proven about what is in memory.
   */
  readonly findCached?: (digest: string) => ApiKey | null | undefined;
};

/** What `identify` needs from the outside. */
export type IdentifyDeps = {
  readonly keys: KeyFinder;
  readonly clock: Clock;
  /** The environments whose keys are accepted here. */
  readonly environments: readonly Environment[];
};

/**
 * Looks a presented key up, once. Never throws.
 * @param address from where it was presented; undefined where that is not to count.
 */
export async function identify(presented: Presented, deps: IdentifyDeps, address?: string): Promise<Identity> {
  if (presented.kind !== "one") return presented;
  const parsed = parseKey(presented.text);
  if (parsed === undefined) return { kind: "unknown" };

  return identifyDigest(digestOf(parsed.text), deps, address);
}

/** Looks a key up by its digest, for whoever has seen its text before. Never throws. */
export async function identifyDigest(digest: string, deps: IdentifyDeps, address?: string): Promise<Identity> {
  try {
    const key = await deps.keys.findByDigest(digest);
    if (key === undefined || !isSameDigest(key.digest, digest)) return { kind: "unknown" };

    return identifyKnown(key, deps, address);
  } catch (cause) {
    return { kind: "undecided", cause };
  }
}

/** What is to be known about a key that was found. */
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
