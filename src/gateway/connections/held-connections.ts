import type { ConnectionRequest, Shares } from "./shares.ts";

/**
 * A client may hold twice as many connections as are free, an operation only as many. With the same factor for both,
 * one slow operation could use up everything that its client may hold.
 */
export const CLIENT_FACTOR = 2;

type HeldConnections<R> = {
  /** Whether a request with these shares may take a connection now. */
  readonly isFree: (shares: Shares, isUpload: boolean) => boolean;
  readonly take: (request: R, shares: Shares) => void;
  readonly release: (request: R) => void;
  readonly has: (request: R) => boolean;
  readonly count: () => number;
};

/** Which requests hold one of `connections`. Uploads may hold half of them, and share these by the same rule. */
export function createHeldConnections<R extends ConnectionRequest>(connections: number): HeldConnections<R> {
  const uploadConnections = Math.max(1, Math.floor(connections / 2));
  const holders = new Map<R, Shares>();
  let uploads = 0;

  const add = (count: 1 | -1, { isUpload }: R, { operation, client }: Shares) => {
    operation.held += count;
    client.held += count;
    if (!isUpload) return;
    client.uploads += count;
    uploads += count;
  };

  return {
    isFree: ({ operation, client }, isUpload) => {
      const free = connections - holders.size;
      if (operation.held >= free || client.held >= CLIENT_FACTOR * free) return false;
      return !isUpload || client.uploads < uploadConnections - uploads;
    },
    take: (request, shares) => {
      holders.set(request, shares);
      add(1, request, shares);
    },
    release: (request) => {
      const shares = holders.get(request);
      if (shares === undefined) return;
      holders.delete(request);
      add(-1, request, shares);
    },
    has: (request) => holders.has(request),
    count: () => holders.size,
  };
}
