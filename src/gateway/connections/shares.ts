/** A request that needs one of the connections to an upstream. */
export type ConnectionRequest = {
  readonly operation: string;
  /** Who calls: the client of the key, or the network of the address. */
  readonly client: string;
  /** Its body is streamed, so the client decides how long the request takes. */
  readonly isUpload: boolean;
};

/** How much of the connections and of the queue one operation, or one client, has. */
type Share = { held: number; waiting: number; uploads: number };

/** The two shares that a request counts towards. */
export type Shares = { readonly operation: Share; readonly client: Share };

type ShareTable = {
  readonly sharesOf: (request: ConnectionRequest) => Shares;
  /**
   * Drops the share of the client if it is empty, so that the table does not grow with every client that ever called.
   * The operations of a contract are few.
   */
  readonly dropIfEmpty: (request: ConnectionRequest) => void;
};

export function createShareTable(): ShareTable {
  const operations = new Map<string, Share>();
  const clients = new Map<string, Share>();
  return {
    sharesOf: ({ operation, client }) => ({
      operation: shareIn(operations, operation),
      client: shareIn(clients, client),
    }),
    dropIfEmpty: ({ client }) => {
      const share = clients.get(client);
      if (share !== undefined && share.held + share.waiting === 0) clients.delete(client);
    },
  };
}

function shareIn(shares: Map<string, Share>, name: string): Share {
  const known = shares.get(name);
  if (known !== undefined) return known;
  const share = { held: 0, waiting: 0, uploads: 0 };
  shares.set(name, share);
  return share;
}
