import type { IncomingMessage } from "node:http";
import { type Peer, peerOf } from "../http/message/peer.ts";
import { createSideTable } from "../lib/side-table.ts";

/** Who is at the other end of each connection, found out once; behind proxies that is another one with every request. */
export function createPeers(trustedHops: number, mayBeRead: boolean) {
  const known = createSideTable<Peer>();

  const find = (req: IncomingMessage): Peer => {
    if (trustedHops > 0) return peerOf(req, trustedHops);
    const before = known.get(req.socket);
    if (before !== undefined) return before;
    const peer = peerOf(req, 0);
    known.set(req.socket, peer);
    return peer;
  };

  /** @returns undefined where a key is not to be looked at: its sender is gone, or others may have read it. */
  return (req: IncomingMessage): Peer | undefined => {
    if (req.socket.remoteAddress === undefined) return undefined;
    const peer = find(req);
    return mayBeRead || peer.isPrivate ? peer : undefined;
  };
}
