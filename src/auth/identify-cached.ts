import { digestOf } from "../keys/digest.ts";
import { parseKey } from "../keys/format.ts";
import { type IdentifyDeps, type Identity, identify, identifyDigest, identifyKnown } from "./identify.ts";
import type { Presented } from "./presented-key.ts";

/** The same as `identify`, at once where the key is in memory: waiting would cost a turn of the event loop. */
export function identifyAtOnce(
  presented: Presented,
  deps: IdentifyDeps,
  address: string,
): Identity | Promise<Identity> {
  if (presented.kind !== "one") return presented;
  return findIdentity(presented.text, deps, address) ?? identify(presented, deps, address);
}

/** The same as `identifyDigest`, at once where the key is in memory. */
export function identifyDigestAtOnce(
  digest: string,
  deps: IdentifyDeps,
  address: string,
): Identity | Promise<Identity> {
  const key = findCached(digest, deps);
  if (key === undefined) return identifyDigest(digest, deps, address);
  return key === null ? UNKNOWN : identifyKnown(key, deps, address);
}

/** @returns undefined when only a look-up in the store can tell. */
function findIdentity(text: string, deps: IdentifyDeps, address: string): Identity | undefined {
  if (text.length > MAX_KEY_LENGTH) return parseKey(text) === undefined ? UNKNOWN : undefined;
  // A text with the digest of an issued key is that key, so only other texts have to be parsed.
  const key = findCached(digestOf(text), deps);
  if (key) return identifyKnown(key, deps, address);
  return key === null || parseKey(text) === undefined ? UNKNOWN : undefined;
}

function findCached(digest: string, { keys }: IdentifyDeps) {
  try {
    return keys.findCached?.(digest);
  } catch {
    // The look-up in the store meets the same fault, and reports it.
    return undefined;
  }
}

const UNKNOWN: Identity = { kind: "unknown" };

/** No key is longer, so a longer text is not worth hashing. */
const MAX_KEY_LENGTH = 100;
