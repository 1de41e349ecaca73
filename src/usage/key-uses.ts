import type { Instant } from "../lib/time/clock.ts";
import type { KeyUse } from "./batch.ts";

/** What each key was used for, from where and when last, since the last `take`. */
export type KeyUses = {
  /** The entry to add to; undefined if all room is taken. */
  readonly useOf: (use: Pick<KeyUse, "keyId" | "operation" | "network">) => KeyUse | undefined;
  readonly add: (use: KeyUse | undefined, requests: number, at: Instant) => void;
  readonly take: () => readonly KeyUse[];
};

export function createKeyUses(maxRows: number): KeyUses {
  let uses = new Map<string, KeyUse>();
  return {
    useOf: ({ keyId, operation, network }) => {
      const name = `${keyId} ${operation} ${network}`;
      const found = uses.get(name);
      if (found !== undefined || uses.size >= maxRows) return found;
      const use = { keyId, operation, network, at: 0, requests: 0 };
      uses.set(name, use);
      return use;
    },
    add: (use, requests, at) => {
      if (use === undefined) return;
      use.requests += requests;
      use.at = Math.max(use.at, at);
    },
    take: () => {
      const taken = [...uses.values()];
      uses = new Map();
      return taken;
    },
  };
}
