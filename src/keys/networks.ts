import { BlockList, isIP } from "node:net";
import ipaddr from "ipaddr.js";

const MAX_PREFIX = { 4: 32, 6: 128 } as const;

/**
 * Parses a CIDR range or a single address (IPv4 or IPv6) and returns it in canonical form; undefined if it is invalid.
 * The bits after the prefix must be zero: `10.1.2.3/8` is more likely a mistake than a way to write `10.0.0.0/8`.
 */
export function parseNetwork(text: string): string | undefined {
  const [, address = "", prefix] = /^([^/%]*)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  // The library alone would also accept 0x7f.1 as an address.
  const family = isIP(address);
  if (family !== 4 && family !== 6) return undefined;
  const length = prefix === undefined ? MAX_PREFIX[family] : Number(prefix);
  if (length > MAX_PREFIX[family]) return undefined;

  const kind = family === 4 ? ipaddr.IPv4 : ipaddr.IPv6;
  const spelt = ipaddr.parse(address).toString();
  const first = kind.networkAddressFromCIDR(`${spelt}/${length}`).toString();
  return first === spelt ? `${spelt}/${length}` : undefined;
}

/** Does one of `ranges`, in canonical form, contain `address`? IPv4-mapped IPv6 addresses count as IPv4. */
export function isWithin(ranges: readonly string[], address: string): boolean {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  const plain = mapped ?? address;
  const family = isIP(plain);
  return family !== 0 && listOf(ranges).check(plain, family === 4 ? "ipv4" : "ipv6");
}

/** Is each of `wanted` within one of `ranges`? An empty list means all addresses. In doubt it returns false. */
export function areCovered(ranges: readonly string[], wanted: readonly string[]): boolean {
  if (ranges.length === 0) return true;
  return wanted.length > 0 && wanted.every((network) => ranges.some((range) => isPartOf(network, range)));
}

function isPartOf(network: string, range: string): boolean {
  const [address = "", length] = network.split("/");
  const [around = "", shorter] = range.split("/");
  return isIP(address) === isIP(around) && Number(length) >= Number(shorter) && isWithin([range], address);
}

// Compiled once per list, and kept for as long as the key that has the list is in memory.
const LISTS = new WeakMap<readonly string[], BlockList>();

function listOf(ranges: readonly string[]): BlockList {
  const known = LISTS.get(ranges);
  if (known !== undefined) return known;
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", length] = range.split("/");
    list.addSubnet(address, Number(length), isIP(address) === 4 ? "ipv4" : "ipv6");
  }
  LISTS.set(ranges, list);
  return list;
}

/** What counts as one caller without a key: an IPv4 address, or the /64 of an IPv6 address, which one user can have. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  return ipaddr.IPv6.networkAddressFromCIDR(`${ipaddr.parse(address).toNormalizedString()}/64`).toString();
}
