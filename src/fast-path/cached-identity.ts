import { authorize } from "../auth/authorize.ts";
import { type IdentifyDeps, type Identity, identifyKnown, type KeyFinder } from "../auth/identify.ts";
import { digestOf } from "../keys/digest.ts";
import { parseKey } from "../keys/format.ts";
import type { FastRequest } from "./fast-request.ts";

export type CachedIdentityDeps = Pick<IdentifyDeps, "clock" | "environments"> & {
  readonly findCached: NonNullable<KeyFinder["findCached"]>;
};

export type CachedIdentity = {
  /**
   * Identifies the caller by the text of a key; empty when none was sent.
   * @returns undefined when only a look-up in the store can tell.
   */
  readonly identify: (text: string, address: string) => Identity | undefined;
  /** Checks the key again. Also false when only a look-up in the store can tell. */
  readonly isStillAdmitted: (request: FastRequest) => boolean;
};

/** Identifies callers by keys in the cache, without waiting for the store. Never throws. */
export function createCachedIdentity({ findCached, ...deps }: CachedIdentityDeps): CachedIdentity {
  return {
    identify: (text, address) => {
      if (text === "") return NO_KEY;
      if (text.length > MAX_KEY_LENGTH) return parseKey(text) === undefined ? UNKNOWN : undefined;
      try {
        // A text with the digest of an issued key is that key, so only other texts have to be parsed.
        const key = findCached(digestOf(text));
        if (key) return identifyKnown(key, deps, address);
        return key === null || parseKey(text) === undefined ? UNKNOWN : undefined;
      } catch {
        // The stages meet the same fault, and report it.
        return undefined;
      }
    },
    isStillAdmitted: ({ key, exchange, route }) => {
      try {
        const known = findCached(key.digest);
        if (known === undefined || known === null) return false;
        return authorize(identifyKnown(known, deps, exchange.peer.address), route.scopes).kind === "admitted";
      } catch {
        return false;
      }
    },
  };
}

const NO_KEY: Identity = { kind: "none" };
const UNKNOWN: Identity = { kind: "unknown" };

/** No key is longer, so a longer text is not worth hashing. */
const MAX_KEY_LENGTH = 100;
