import { describe, expect, it } from "@jest/globals";
import { viewOfClient, viewOfKey } from "../../src/admin/views.ts";
import { aClient, aKey, NOON } from "../support/builders.ts";

describe("the view of a key", () => {
  it("has all that the contract shows, instants as RFC 3339, and no digest", () => {
    const key = aKey({ expiresAt: NOON + 1, metadata: { ticket: "OPS-17" } });
    expect(viewOfKey(key, NOON)).toEqual({
      id: key.id,
      client: { id: key.client.id, name: "acme" },
      name: "nightly import",
      environment: "live",
      scopes: ["data:read"],
      state: "active",
      lastFour: key.lastFour,
      createdAt: "2026-11-24T12:00:00.000Z",
      expiresAt: "2026-11-24T12:00:00.001Z",
      disabledAt: null,
      revokedAt: null,
      revocationReason: null,
      successorId: null,
      overlapEndsAt: null,
      selfRotation: false,
      allowedIps: [],
      limits: null,
      metadata: { ticket: "OPS-17" },
    });
  });

  it("shows its state at that instant", () => {
    const key = aKey({ expiresAt: NOON });
    expect(viewOfKey(key, NOON - 1).state).toBe("active");
    expect(viewOfKey(key, NOON).state).toBe("expired");
    expect(viewOfKey({ ...key, revokedAt: NOON, revocationReason: "leaked" }, NOON)).toMatchObject({
      state: "revoked",
      revokedAt: "2026-11-24T12:00:00.000Z",
      revocationReason: "leaked",
    });
  });
});

describe("the view of a client", () => {
  it("has all that the contract shows", () => {
    const client = aClient({ metadata: { team: "blue" } });
    expect(viewOfClient(client)).toEqual({ ...client, createdAt: "2026-11-24T12:00:00.000Z" });
  });
});
