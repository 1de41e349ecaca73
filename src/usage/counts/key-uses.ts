import type { Instant } from "../../lib/time/clock.ts";
import type { KeyUse } from "../batch.ts";
import { type Collection, createCollection } from "./collection.ts";

type UseDimensions = Pick<KeyUse, "keyId" | "operation" | "network">;

/** What each key was used for, from where and when last, since the last `take`. */
export type KeyUses = Pick<Collection<UseDimensions, KeyUse>, "take" | "size"> & {
  /** The entry to add to; undefined if all room is taken. */
  readonly useOf: (use: UseDimensions) => KeyUse | undefined;
  readonly add: (use: KeyUse | undefined, requests: number, at: Instant) => void;
  /** Takes the uses and keeps the entries, with none in them. */
  readonly drain: () => readonly KeyUse[];
};

export function createKeyUses(maxRows: number): KeyUses {
  const { entryOf, entries, take, size } = createCollection<UseDimensions, KeyUse>({
    maxEntries: maxRows,
    ownerOf: ({ keyId }) => keyId,
    isLike: (one, other) => one.operation === other.operation && one.network === other.network,
    nameOf: ({ operation, network }) => `${operation} ${network}`,
    create: ({ keyId, operation, network }) => ({ keyId, operation, network, at: 0, requests: 0 }),
  });
  return {
    useOf: entryOf,
    take,
    size,
    add: (use, requests, at) => {
      if (use === undefined) return;
      use.requests += requests;
      use.at = Math.max(use.at, at);
    },
    drain: () => {
      const drained: KeyUse[] = [];
      for (const use of entries()) {
        if (use.requests === 0) continue;
        drained.push({ ...use });
        use.requests = use.at = 0;
      }
      return drained;
    },
  };
}
