import { createHeldConnections } from "./held-connections.ts";
import { type ConnectionRequest, createShareTable } from "./shares.ts";
import { createWaitQueues } from "./wait-queues.ts";

type Admission<R extends ConnectionRequest> = {
  /** `waiting`: a later `leave` admits it. `refused`: the queue is full. */
  readonly enter: (request: R) => "admitted" | "waiting" | "refused";
  /** Gives up the connection of `request`, or its place in the queue. @returns the requests that this admits. */
  readonly leave: (request: R) => readonly R[];
  readonly size: () => ConnectionCounts;
};

export type ConnectionCounts = { readonly held: number; readonly waiting: number };

const NONE: readonly never[] = [];

export type AdmissionLimits = {
  /** How many connections there are, from 1. */
  readonly connections: number;
  /** How many requests may wait for one. */
  readonly places: number;
};

/**
 * Decides which requests get a connection. Shares are not fixed but follow what is free: an operation may hold as many
 * connections as are free, a client twice as many. So one slow operation takes half of all, two take a third each, and
 * something is always free for those that hold nothing. Uploads get half of the connections, by the same rule. Waiting
 * requests are admitted by what their operation and client hold already, the fewest first. Pure: it knows no time.
 */
export function createAdmission<R extends ConnectionRequest>({ connections, places }: AdmissionLimits): Admission<R> {
  const { sharesOf, dropIfEmpty } = createShareTable();
  const held = createHeldConnections<R>(connections);
  const waiting = createWaitQueues<R>(places);

  const admitWaiting = (): readonly R[] => {
    if (waiting.count() === 0) return NONE;
    const admitted: R[] = [];
    for (let next = waiting.findNext(held.isFree); next !== undefined; next = waiting.findNext(held.isFree)) {
      waiting.remove(next);
      held.take(next, sharesOf(next));
      admitted.push(next);
    }
    return admitted;
  };

  return {
    enter: (request) => {
      const shares = sharesOf(request);
      if (held.isFree(shares, request.isUpload)) {
        held.take(request, shares);
        return "admitted";
      }
      if (waiting.hasPlace(shares)) {
        waiting.add(request, shares);
        return "waiting";
      }
      dropIfEmpty(request);
      return "refused";
    },
    leave: (request) => {
      if (held.has(request)) held.release(request);
      else waiting.remove(request);
      const admitted = admitWaiting();
      dropIfEmpty(request);
      return admitted;
    },
    size: () => ({ held: held.count(), waiting: waiting.count() }),
  };
}
