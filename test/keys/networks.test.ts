import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { areCovered, isWithin, parseNetwork } from "../../src/keys/networks.ts";

describe("a network", () => {
  it.each([
    ["10.0.0.0/8", "10.0.0.0/8"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["203.0.113.7", "203.0.113.7/32"],
    ["2001:db8::/32", "2001:db8::/32"],
    ["2001:0DB8:0:0::/32", "2001:db8::/32"],
    ["::1", "::1/128"],
    ["::/0", "::/0"],
  ])("written as %s is %s", (text, network) => {
    expect(parseNetwork(text)).toBe(network);
  });

  it.each([
    "10.0.0.0/40",
    "10.1.2.3/8",
    "2001:db8::1/32",
    "::/129",
    "10.0.0.0/-1",
    "10.0.0.0/08",
    "10.0.0/8",
    "010.0.0.1",
    "0x7f.1",
    "256.0.0.1",
    "fe80::1%eth0",
    "10.0.0.0/8/8",
    "/8",
    "",
    "localhost",
    " 10.0.0.0/8",
  ])("is not %j", (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });

  it("contains the addresses from its first to its last, and no others", () => {
    const ranges = ["10.0.0.0/30", "2001:db8::/126"];
    for (const inside of ["10.0.0.0", "10.0.0.3", "::ffff:10.0.0.3", "2001:db8::", "2001:db8::3"]) {
      expect(isWithin(ranges, inside)).toBe(true);
    }
    for (const outside of ["9.255.255.255", "10.0.0.4", "2001:db8::4", "::a00:0", "unknown", ""]) {
      expect(isWithin(ranges, outside)).toBe(false);
    }
  });

  it("of IPv4 contains no IPv6 addresses; one of IPv6 contains IPv4 addresses only in mapped form", () => {
    expect(isWithin(["0.0.0.0/0"], "2001:db8::1")).toBe(false);
    expect(isWithin(["2001:db8::/32"], "10.0.0.1")).toBe(false);
    expect(isWithin(["::/0"], "10.0.0.1")).toBe(true);
    expect(isWithin(["::ffff:10.0.0.0/104"], "10.0.0.1")).toBe(true);
  });

  it("contains an address exactly if their first bits are equal", () => {
    const address = fc.tuple(...Array.from({ length: 4 }, () => fc.nat(255)));
    fc.assert(
      fc.property(address, address, fc.nat(32), (base, other, length) => {
        const toBits = (bytes: readonly number[]) => bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("");
        const first = toBits(base).slice(0, length).padEnd(32, "0").match(/.{8}/g) ?? [];
        const network = parseNetwork(`${first.map((byte) => Number.parseInt(byte, 2)).join(".")}/${length}`);
        expect(network).toBeDefined();
        const agrees = toBits(base).slice(0, length) === toBits(other).slice(0, length);
        expect(isWithin([network ?? ""], other.join("."))).toBe(agrees);
      }),
    );
  });
});

describe("networks that replace others", () => {
  it.each([
    [["10.0.0.0/8"], ["10.1.0.0/16", "10.2.3.4/32"], true],
    [["10.0.0.0/8"], ["10.0.0.0/8"], true],
    [[], ["10.0.0.0/8"], true],
    [[], [], true],
    [["2001:db8::/32", "10.0.0.0/8"], ["2001:db8:1::/48"], true],
    [["10.0.0.0/8"], [], false],
    [["10.0.0.0/8"], ["10.0.0.0/7"], false],
    [["10.0.0.0/8"], ["10.0.0.0/8", "192.0.2.0/24"], false],
    [["0.0.0.0/0"], ["::/0"], false],
    [["::/0"], ["10.0.0.0/8"], false],
    // Each half is covered, but no single range covers the whole: in doubt, no.
    [["10.0.0.0/9", "10.128.0.0/9"], ["10.0.0.0/8"], false],
  ])("of %j cover %j: %j", (ranges, wanted, isCovered) => {
    expect(areCovered(ranges, wanted)).toBe(isCovered);
  });
});
