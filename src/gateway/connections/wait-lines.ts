import { CLIENT_FACTOR } from "./held-connections.ts";
import type { ConnectionRequest, Shares } from "./shares.ts";

/** The requests of one operation and client that wait, in the order in which they came. */
type WaitLine<R> = {
  readonly shares: Shares;
  readonly isUpload: boolean;
  readonly requests: Set<R>;
};

type WaitLines<R> = {
  /** Whether a request with these shares may wait. */
  readonly hasPlace: (shares: Shares) => boolean;
  readonly add: (request: R, shares: Shares) => void;
  /** Removes a request, and does nothing when it does not wait. */
  readonly remove: (request: R) => void;
  /** The first request of the line that holds the fewest connections, among the lines for which `isFree` holds. */
  readonly findNext: (isFree: (shares: Shares, isUpload: boolean) => boolean) => R | undefined;
  readonly count: () => number;
};

/** Which requests wait for a connection: up to `places`, in one line for each operation and client. */
export function createWaitLines<R extends ConnectionRequest>(places: number): WaitLines<R> {
  const lines = new Map<string, WaitLine<R>>();
  let count = 0;

  return {
    hasPlace: ({ operation, client }) => {
      const free = places - count;
      return operation.waiting < free && client.waiting < CLIENT_FACTOR * free;
    },
    add: (request, shares) => {
      const name = nameOf(request);
      const line = lines.get(name) ?? { shares, isUpload: request.isUpload, requests: new Set<R>() };
      line.requests.add(request);
      lines.set(name, line);
      addWaiting(1, shares);
      count++;
    },
    remove: (request) => {
      const name = nameOf(request);
      const line = lines.get(name);
      if (!line?.requests.delete(request)) return;
      addWaiting(-1, line.shares);
      count--;
      // Behind all other lines, so that lines that hold equally many connections take turns.
      lines.delete(name);
      if (line.requests.size > 0) lines.set(name, line);
    },
    findNext: (isFree) => {
      const free = [...lines.values()].filter(({ shares, isUpload }) => isFree(shares, isUpload));
      return fewestHeld(free)?.requests.values().next().value;
    },
    count: () => count,
  };
}

function nameOf({ operation, client, isUpload }: ConnectionRequest): string {
  return JSON.stringify([operation, client, isUpload]);
}

function addWaiting(count: 1 | -1, { operation, client }: Shares) {
  operation.waiting += count;
  client.waiting += count;
}

/** The first of those that hold equally few. */
function fewestHeld<R>(lines: readonly WaitLine<R>[]): WaitLine<R> | undefined {
  let [found, fewest]: [WaitLine<R> | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const line of lines) {
    const held = line.shares.operation.held + line.shares.client.held;
    if (held < fewest) [found, fewest] = [line, held];
  }
  return found;
}
