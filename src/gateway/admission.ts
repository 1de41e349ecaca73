/** A request that needs one of the connections to an upstream. */
export type Ask = {
  readonly operation: string;
  /** Who calls: the client of its key, or its address. */
  readonly client: string;
  /** Its body goes on as it comes, so that its client decides how long that takes. */
  readonly isUpload: boolean;
};

export type Admission<A extends Ask> = {
  /** `waiting`: it is in the queue, and some `leave` admits it; `refused`: the queue is full for it. */
  readonly enter: (ask: A) => "admitted" | "waiting" | "refused";
  /** Gives up the connection of `ask`, or its place in the queue. @returns who is admitted by that. */
  readonly leave: (ask: A) => readonly A[];
  readonly size: () => { readonly held: number; readonly waiting: number };
};

export type AdmissionSizes = {
  /** How many connections there are, from 1. */
  readonly slots: number;
  /** How many may wait. */
  readonly places: number;
};

/** What one operation, or one client, has of everything. */
type Share = { held: number; waiting: number; uploads: number };

/** Those who wait for the same operation and client, in the order in which they came. */
type Line<A> = {
  readonly operation: Share;
  readonly client: Share;
  readonly isUpload: boolean;
  readonly waiting: Set<A>;
};

/** A client may have twice as much as is free, an operation as much: else a slow one would be all that its client gets. */
const CLIENT_FACTOR = 2;

/**
 * Who may take a connection. Shares are not fixed but follow what is free: an operation may hold no more connections than
 * are free, a client no more than twice as many. So one slow operation takes half of all, two take a third each, and for
 * those who hold nothing something is always free. Uploads have half of the connections, and share these by the same rule.
 * Those who wait are admitted in the order of what they hold already, the least first. Pure: it knows no time.
 */
export function createAdmission<A extends Ask>({ slots, places }: AdmissionSizes): Admission<A> {
  const uploadSlots = Math.max(1, Math.floor(slots / 2));
  const operations = new Map<string, Share>();
  const clients = new Map<string, Share>();
  const lines = new Map<string, Line<A>>();
  const holders = new Set<A>();
  let [waiting, uploads] = [0, 0];

  const fits = (operation: Share, client: Share, isUpload: boolean): boolean => {
    const free = slots - holders.size;
    if (operation.held >= free || client.held >= CLIENT_FACTOR * free) return false;
    return !isUpload || client.uploads < uploadSlots - uploads;
  };

  const hasPlace = (operation: Share, client: Share): boolean => {
    const free = places - waiting;
    return operation.waiting < free && client.waiting < CLIENT_FACTOR * free;
  };

  const take = (ask: A, operation: Share, client: Share) => {
    holders.add(ask);
    operation.held++;
    client.held++;
    if (!ask.isUpload) return;
    client.uploads++;
    uploads++;
  };

  const giveUp = (ask: A, operation: Share, client: Share) => {
    holders.delete(ask);
    operation.held--;
    client.held--;
    if (!ask.isUpload) return;
    client.uploads--;
    uploads--;
  };

  const queue = (ask: A, operation: Share, client: Share) => {
    const name = lineOf(ask);
    const line = lines.get(name) ?? { operation, client, isUpload: ask.isUpload, waiting: new Set<A>() };
    lines.set(name, line.waiting.add(ask) && line);
    operation.waiting++;
    client.waiting++;
    waiting++;
  };

  const unqueue = (ask: A) => {
    const name = lineOf(ask);
    const line = lines.get(name);
    if (!line?.waiting.delete(ask)) return;
    line.operation.waiting--;
    line.client.waiting--;
    waiting--;
    // Behind all others of as little, so that they take turns.
    lines.delete(name);
    if (line.waiting.size > 0) lines.set(name, line);
  };

  /** Of the lines that may go on, the one that holds least. */
  const findNext = (): A | undefined => {
    let [found, least]: [Line<A> | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
    for (const line of lines.values()) {
      const held = line.operation.held + line.client.held;
      if (held >= least || !fits(line.operation, line.client, line.isUpload)) continue;
      [found, least] = [line, held];
    }
    return found?.waiting.values().next().value;
  };

  const admitWaiting = (): readonly A[] => {
    const admitted: A[] = [];
    for (let next = findNext(); next !== undefined; next = findNext()) {
      unqueue(next);
      take(next, shareOf(operations, next.operation), shareOf(clients, next.client));
      admitted.push(next);
    }
    return admitted;
  };

  return {
    enter: (ask) => {
      const [operation, client] = [shareOf(operations, ask.operation), shareOf(clients, ask.client)];
      if (fits(operation, client, ask.isUpload)) {
        take(ask, operation, client);
        return "admitted";
      }
      if (hasPlace(operation, client)) {
        queue(ask, operation, client);
        return "waiting";
      }
      forgetIfIdle(operations, ask.operation);
      forgetIfIdle(clients, ask.client);
      return "refused";
    },
    leave: (ask) => {
      if (holders.has(ask)) giveUp(ask, shareOf(operations, ask.operation), shareOf(clients, ask.client));
      else unqueue(ask);
      const admitted = admitWaiting();
      forgetIfIdle(operations, ask.operation);
      forgetIfIdle(clients, ask.client);
      return admitted;
    },
    size: () => ({ held: holders.size, waiting }),
  };
}

function shareOf(shares: Map<string, Share>, name: string): Share {
  const known = shares.get(name);
  if (known !== undefined) return known;
  const share = { held: 0, waiting: 0, uploads: 0 };
  shares.set(name, share);
  return share;
}

function forgetIfIdle(shares: Map<string, Share>, name: string) {
  const share = shares.get(name);
  if (share !== undefined && share.held + share.waiting === 0) shares.delete(name);
}

function lineOf({ operation, client, isUpload }: Ask): string {
  return JSON.stringify([operation, client, isUpload]);
}
