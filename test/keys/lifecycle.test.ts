import { describe, expect, it } from "@jest/globals";
import { countsAsHeld, isLoosened, stateOf } from "../../src/keys/lifecycle.ts";
import { aKey, DAY_MS, NOON } from "../support/builders.ts";

describe("a key", () => {
  it("without an end is active at any time", () => {
    expect(stateOf(aKey(), NOON)).toBe("active");
    expect(stateOf(aKey(), Number.MAX_SAFE_INTEGER)).toBe("active");
  });

  it("is active until the millisecond before it expires", () => {
    expect(stateOf(aKey({ expiresAt: NOON }), NOON - 1)).toBe("active");
  });

  it("is expired from the very millisecond it expires", () => {
    expect(stateOf(aKey({ expiresAt: NOON }), NOON)).toBe("expired");
    expect(stateOf(aKey({ expiresAt: NOON }), NOON + 1)).toBe("expired");
  });

  it("that expires at the start of 1970 has expired: 0 is an instant, too", () => {
    expect(stateOf(aKey({ expiresAt: 0 }), NOON)).toBe("expired");
    expect(stateOf(aKey({ revokedAt: 0 }), NOON)).toBe("revoked");
  });

  it("is revoked from the very millisecond it is revoked", () => {
    expect(stateOf(aKey({ revokedAt: NOON }), NOON)).toBe("revoked");
  });

  it("stays revoked when the clock is set back", () => {
    expect(stateOf(aKey({ revokedAt: NOON }), NOON - DAY_MS)).toBe("revoked");
  });

  it("that is both revoked and expired is reported as revoked, whichever came first", () => {
    expect(stateOf(aKey({ revokedAt: NOON, expiresAt: NOON - 1 }), NOON)).toBe("revoked");
    expect(stateOf(aKey({ revokedAt: NOON - 1, expiresAt: NOON }), NOON)).toBe("revoked");
  });
});

describe("a key that is changed", () => {
  const before = {
    scopes: ["data:read", "info:read"],
    expiresAt: NOON,
    allowedIps: ["10.0.0.0/8"],
    selfRotation: false,
  };

  it.each([
    [{ scopes: ["secret:read"] }, true],
    [{ expiresAt: NOON + 1 }, true],
    [{ expiresAt: null }, true],
    [{ allowedIps: [] }, true],
    [{ selfRotation: true }, true],
    [{}, false],
    [{ scopes: ["info:read"] }, false],
    [{ expiresAt: NOON - 1 }, false],
    [{ allowedIps: ["10.1.0.0/16"] }, false],
  ])("to %j is loosened: %j", (after, expected) => {
    expect(isLoosened(before, { ...before, ...after })).toBe(expected);
  });

  it("that does not expire is not loosened by staying so, nor by an expiry", () => {
    const endless = { ...before, expiresAt: null };
    expect(isLoosened(endless, endless)).toBe(false);
    expect(isLoosened(endless, before)).toBe(false);
  });
});

describe("towards the maximum of its client", () => {
  it.each([
    [{}, true],
    [{ disabledAt: NOON }, true],
    [{ expiresAt: NOON + 1 }, true],
    [{ expiresAt: NOON }, false],
    [{ revokedAt: NOON }, false],
    [{ successorId: "key_b", overlapEndsAt: NOON + 1 }, false],
  ])("a key with %j counts: %j", (differences, expected) => {
    expect(countsAsHeld(aKey(differences), NOON)).toBe(expected);
  });
});
