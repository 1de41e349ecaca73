import { CLIENT_FACTOR } from "./held-connections.ts";
import type { ConnectionRequest, Shares } from "./shares.ts";

/** The waiting requests of one operation and client, in order of arrival. */
type WaitQueue<R> = {
  readonly shares: Shares;
  readonly isUpload: boolean;
  readonly requests: Set<R>;
};

type WaitQueues<R> = {
  /** Whether a request with these shares may wait. */
  readonly hasPlace: (shares: Shares) => boolean;
  readonly add: (request: R, shares: Shares) => void;
  /** Removes a request; does nothing if it does not wait. */
  readonly remove: (request: R) => void;
  /** Of the queues that `isFree` accepts, the first request of the one whose shares hold the fewest connections. */
  readonly findNext: (isFree: (shares: Shares, isUpload: boolean) => boolean) => R | undefined;
  readonly count: () => number;
};

/** Which requests wait for a connection: up to `places`, in one queue for each operation and client. */
export function createWaitQueues<R extends ConnectionRequest>(places: number): WaitQueues<R> {
  const queues = new Map<string, WaitQueue<R>>();
  let count = 0;

  return {
    hasPlace: ({ operation, client }) => {
      const free = places - count;
      return operation.waiting < free && client.waiting < CLIENT_FACTOR * free;
    },
    add: (request, shares) => {
      const name = nameOf(request);
      const queue = queues.get(name) ?? { shares, isUpload: request.isUpload, requests: new Set<R>() };
      queue.requests.add(request);
      queues.set(name, queue);
      addWaiting(1, shares);
      count++;
    },
    remove: (request) => {
      const name = nameOf(request);
      const queue = queues.get(name);
      if (!queue?.requests.delete(request)) return;
      addWaiting(-1, queue.shares);
      count--;
      // Moved behind all other queues, so that queues whose shares hold equally many connections take turns.
      queues.delete(name);
      if (queue.requests.size > 0) queues.set(name, queue);
    },
    findNext: (isFree) => {
      const free = [...queues.values()].filter(({ shares, isUpload }) => isFree(shares, isUpload));
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

/** The queue whose shares hold the fewest connections; of several, the first. */
function fewestHeld<R>(queues: readonly WaitQueue<R>[]): WaitQueue<R> | undefined {
  let [found, fewest]: [WaitQueue<R> | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const queue of queues) {
    const held = queue.shares.operation.held + queue.shares.client.held;
    if (held < fewest) [found, fewest] = [queue, held];
  }
  return found;
}
