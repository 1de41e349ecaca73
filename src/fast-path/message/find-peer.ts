import type { IncomingMessage } from "node:http";
import { type Peer, peerOf } from "../../http/message/peer.ts";
import { createSideTable } from "../../lib/side-table.ts";

/**
 * @returns undefined where a key must not be looked at: its sender is gone, or it came over a network in clear text.
 */
export type FindPeer = (req: IncomingMessage) => Peer | undefined;

/** Finds the peer of a request: once per connection, or, behind trusted proxies, for each request. */
export function createFindPeer(trustedHops: number, isCleartextAllowed: boolean): FindPeer {
  const known = createSideTable<Peer>();

  const find = (req: IncomingMessage): Peer => {
    if (trustedHops > 0) return peerOf(req, trustedHops);
    const before = known.get(req.socket);
    if (before !== undefined) return before;
    const peer = peerOf(req, 0);
    known.set(req.socket, peer);
    return peer;
  };

  return (req) => {
    if (req.socket.remoteAddress === undefined) return undefined;
    const peer = find(req);
    return isCleartextAllowed || peer.isPrivate ? peer : undefined;
  };
}
