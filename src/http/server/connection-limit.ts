import type { Server } from "node:http";
import type { Socket } from "node:net";
import { isWithin, networkOf } from "../../keys/networks.ts";
import type { RateLimitedLog } from "../../lib/log/rate-limited-log.ts";
import { isLoopback, plainAddress } from "../message/peer.ts";

export type ConnectionLimit = {
  /** How many connections one address may hold; IPv6 is counted by /64. */
  readonly most: number;
  /** Whether the address is a proxy, which holds the connections of many clients. */
  readonly isExempt: (address: string) => boolean;
};

/** Closes new connections of an address that has `most` already, so that there is room for other clients. */
export function limitConnections(server: Server, { most, isExempt }: ConnectionLimit, log: RateLimitedLog) {
  const held = new Map<string, number>();
  // The sockets below TLS: connections count before their handshake too.
  server.on("connection", (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? "");
    if (isExempt(address)) return;
    const network = networkOf(address);
    const count = held.get(network) ?? 0;
    if (count >= most) {
      log.warn({ address, limit: most }, "too many connections from one address");
      return void socket.destroy();
    }
    held.set(network, count + 1);
    socket.once("close", () => {
      const left = (held.get(network) ?? 0) - 1;
      if (left > 0) held.set(network, left);
      else held.delete(network);
    });
  });
}

export type ConnectionSettings = {
  readonly maxConnectionsPerAddress: number;
  readonly trustedHops: number;
  readonly authorizeFrom: readonly string[];
};

/**
 * The limit of the settings; undefined for none. Behind a trusted proxy all connections are the proxy's, which limits its
 * clients itself. Other proxies are recognized if they run on this machine or may ask for forward auth.
 */
export function toConnectionLimit(settings: ConnectionSettings): ConnectionLimit | undefined {
  const { maxConnectionsPerAddress: most, trustedHops, authorizeFrom } = settings;
  if (most === 0 || trustedHops > 0) return undefined;
  return { most, isExempt: (address) => isLoopback(address) || isWithin(authorizeFrom, address) };
}
