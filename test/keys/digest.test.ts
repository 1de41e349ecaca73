import { describe, expect, it } from "@jest/globals";
import { digestOf, isSameDigest } from "../../src/keys/digest.ts";

describe("the digest of a text", () => {
  it("is its SHA-256 in hex, prefixed with the algorithm (FIPS 180-4, the example abc)", () => {
    expect(digestOf("abc")).toBe("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("is the same as itself", () => {
    expect(isSameDigest(digestOf("abc"), digestOf("abc"))).toBe(true);
  });

  it("differs from that of another text", () => {
    expect(isSameDigest(digestOf("abc"), digestOf("abd"))).toBe(false);
  });

  it("differs from one of another length, without throwing", () => {
    expect(isSameDigest(digestOf("abc"), "")).toBe(false);
    expect(isSameDigest(digestOf("abc"), digestOf("abc").slice(0, -1))).toBe(false);
  });
});
