import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { networkOf } from "../../keys/networks.ts";

/** The client at the other end, as far as it can be known for certain. */
export type Peer = {
  /** IPv4 or IPv6, or `unknown`; an IPv4 address mapped into IPv6 is shown as IPv4. */
  readonly address: string;
  /** The address itself for IPv4, the /64 for IPv6. */
  readonly network: string;
  /** The request cannot have been read on its way: it came over TLS, or from this machine. */
  readonly isPrivate: boolean;
  /** The client speaks TLS, with this service or with a trusted proxy. */
  readonly isTls: boolean;
};

/**
 * Finds the client. Every proxy appends the address that it saw to X-Forwarded-For, so with `trustedHops` proxies the
 * entry at that position from the right is the client's; entries further left are claims of the client itself.
 */
export function peerOf(req: IncomingMessage, trustedHops: number): Peer {
  const forwarded = (header: string) => (trustedHops === 0 ? undefined : fromTheRight(req, header, trustedHops));
  const address = plainAddress(forwarded("x-forwarded-for") ?? req.socket.remoteAddress ?? "");
  const isTls = "encrypted" in req.socket || forwarded("x-forwarded-proto")?.toLowerCase() === "https";
  return { address, network: networkOf(address), isTls, isPrivate: isTls || isLoopback(address) };
}

/** The entry at position `hops` from the right; of a shorter list the first, because not every proxy has appended to it. */
function fromTheRight(req: IncomingMessage, header: string, hops: number): string | undefined {
  const entries = (req.headersDistinct[header] ?? []).flatMap((line) => line.split(",")).map((entry) => entry.trim());
  return entries[Math.max(entries.length - hops, 0)];
}

/** `::ffff:10.0.0.1` → `10.0.0.1`, `[::1]:80` → `::1`; anything else than an address → `unknown`. */
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
