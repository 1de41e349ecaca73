import type { IncomingMessage } from "node:http";
import { createSideTable } from "../../lib/side-table.ts";
import { type Peer, peerOf } from "./peer.ts";

export type FindPeer = (req: IncomingMessage) => Peer;

/** Finds the peer of a request: once per connection, or, behind trusted proxies, for each request. */
export function createFindPeer(trustedHops: number): FindPeer {
  if (trustedHops > 0) return (req) => peerOf(req, trustedHops);
  const known = createSideTable<Peer>();
  return (req) => {
    const before = known.get(req.socket);
    if (before !== undefined) return before;
    const peer = peerOf(req, 0);
    known.set(req.socket, peer);
    return peer;
  };
}
