import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { networkOf } from "../../keys/networks.ts";

/** Who is at the other end, as far as that can be believed. */
export type Peer = {
  /** IPv4 or IPv6; addresses that map IPv4 into IPv6 are IPv4. */
  readonly address: string;
  /** The same of IPv4, and the /64 of IPv6. */
  readonly network: string;
  /** Nobody between client and service can have read the request: TLS, or this very machine. */
  readonly isPrivate: boolean;
  /** The client speaks TLS, with us or with a proxy that we trust. */
  readonly isTls: boolean;
};

/**
 * Finds out who calls. Every proxy adds the address that it saw to the right of X-Forwarded-For, so the entry to
 * believe is as far from the right as there are trusted proxies; what stands left of it is the client's own claim.
 */
export function peerOf(req: IncomingMessage, trustedHops: number): Peer {
  const told = (header: string) => (trustedHops === 0 ? undefined : fromTheRight(req, header, trustedHops));
  const address = plainAddress(told("x-forwarded-for") ?? req.socket.remoteAddress ?? "");
  const isTls = "encrypted" in req.socket || told("x-forwarded-proto")?.toLowerCase() === "https";
  return { address, network: networkOf(address), isTls, isPrivate: isTls || isLoopback(address) };
}

/** The entry of a list that so many proxies have added to; a shorter list was written by the nearest of them alone. */
function fromTheRight(req: IncomingMessage, header: string, hops: number): string | undefined {
  const entries = (req.headersDistinct[header] ?? []).flatMap((line) => line.split(",")).map((entry) => entry.trim());
  return entries[Math.max(entries.length - hops, 0)];
}

/** `::ffff:10.0.0.1` → `10.0.0.1`, `[::1]:80` → `::1`; anything that is no address is none. */
export function plainAddress(text: string): string {
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(text) ?? [];
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bracketed ?? text) ?? [];
  const [, withoutPort] = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text) ?? [];
  const address = mapped ?? bracketed ?? withoutPort ?? text;
  return isIP(address) === 0 ? "unknown" : address;
}

export function isLoopback(address: string): boolean {
  return address === "::1" || /^127\./.test(address);
}
