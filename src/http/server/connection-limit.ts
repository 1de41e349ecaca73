import type { Server } from "node:http";
import type { Socket } from "node:net";
import { isWithin, networkOf } from "../../keys/networks.ts";
import type { RateLimitedLog } from "../../lib/log/rate-limited-log.ts";
import { isLoopback, plainAddress } from "../message/peer.ts";

export type ConnectionLimit = {
  /** How many connections one address may hold; IPv6 is counted by /64. */
  readonly most: number;
  /** Addresses of proxies, which hold the connections of many clients. */
  readonly isExempt: (address: string) => boolean;
};

/** Closes connections of an address that has its share of them already, so that others find a place. */
export function limitConnections(server: Server, { most, isExempt }: ConnectionLimit, log: RateLimitedLog) {
  const held = new Map<string, number>();
  // Of the sockets below TLS: connections count before their handshake, too.
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
 * The share of the settings; undefined: none. Behind a proxy that tells who calls, all connections are the proxy's, and
 * it shares them out itself; a proxy that does not tell is known where it is on this machine, or may ask about requests.
 */
export function toConnectionLimit(settings: ConnectionSettings): ConnectionLimit | undefined {
  const { maxConnectionsPerAddress: most, trustedHops, authorizeFrom } = settings;
  if (most === 0 || trustedHops > 0) return undefined;
  return { most, isExempt: (address) => isLoopback(address) || isWithin(authorizeFrom, address) };
}
