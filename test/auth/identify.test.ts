import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type IdentifyDeps, identify, type KeyFinder } from "../../src/auth/identify.ts";
import type { Presented } from "../../src/auth/presented-key.ts";
import { digestOf } from "../../src/keys/hash.ts";
import type { ApiKey } from "../../src/keys/key.ts";
import { aHeldClock, aKey, NOON, UNKNOWN_SECRET } from "../support/builders.ts";

/** A finder over these keys that remembers what it was asked. */
function aFinder(...keys: readonly ApiKey[]): KeyFinder & { readonly forwardAuth: string[] } {
  const forwardAuth: string[] = [];
  return {
    forwardAuth,
    findByDigest: async (digest) => {
      forwardAuth.push(digest);
      return keys.find((key) => key.digest === digest);
    },
  };
}

function deps(differences: Partial<IdentifyDeps> = {}): IdentifyDeps {
  return { keys: aFinder(aKey()), clock: aHeldClock(), environments: ["live", "test"], ...differences };
}

const one = (text: string): Presented => ({ kind: "one", text });

describe("a presented key", () => {
  it("is known when it was issued", async () => {
    expect(await identify(one(UNKNOWN_SECRET), deps())).toEqual({
      kind: "known",
      key: aKey(),
      state: "active",
      isAccepted: true,
      isAddressAllowed: true,
    });
  });

  it("is looked up once, by its digest and never by its text", async () => {
    const keys = aFinder(aKey());
    await identify(one(UNKNOWN_SECRET), deps({ keys }));
    expect(keys.forwardAuth).toEqual([digestOf(UNKNOWN_SECRET)]);
  });

  it("is unknown when it was never issued", async () => {
    expect(await identify(one(UNKNOWN_SECRET), deps({ keys: aFinder() }))).toEqual({ kind: "unknown" });
  });

  it("is unknown when the store hands out a key of another digest", async () => {
    const keys = { findByDigest: async () => aKey({ digest: digestOf("another") }) };
    expect(await identify(one(UNKNOWN_SECRET), deps({ keys }))).toEqual({ kind: "unknown" });
  });

  it("never reaches the store when it is malformed, and is answered like an unknown one", async () => {
    const keys = aFinder(aKey());
    const junk = fc.oneof(fc.string(), fc.constantFrom(`${UNKNOWN_SECRET}0`, UNKNOWN_SECRET.replace("live", "test")));
    await fc.assert(
      fc.asyncProperty(junk, async (text) => {
        expect(await identify(one(text), deps({ keys }))).toEqual({ kind: "unknown" });
      }),
    );
    expect(keys.forwardAuth).toEqual([]);
  });

  it("is expired from the millisecond it expires", async () => {
    const keys = aFinder(aKey({ expiresAt: NOON }));
    const at = (instant: number) => identify(one(UNKNOWN_SECRET), deps({ keys, clock: aHeldClock(instant) }));
    expect(await at(NOON - 1)).toMatchObject({ kind: "known", state: "active" });
    expect(await at(NOON)).toMatchObject({ kind: "known", state: "expired" });
  });

  it("is revoked as soon as the store says so", async () => {
    const keys = aFinder(aKey({ revokedAt: NOON }));
    expect(await identify(one(UNKNOWN_SECRET), deps({ keys }))).toMatchObject({ kind: "known", state: "revoked" });
  });

  it.each([
    [["live"], true],
    [["test"], false],
    [[], false],
  ] as const)("of the environment live is accepted, where %j are, %s", async (environments, isAccepted) => {
    expect(await identify(one(UNKNOWN_SECRET), deps({ environments }))).toMatchObject({ kind: "known", isAccepted });
  });

  it("belongs to the environment that the store says, whatever its text claims", async () => {
    const keys = aFinder(aKey({ environment: "test" }));
    const identity = await identify(one(UNKNOWN_SECRET), deps({ keys, environments: ["live"] }));
    expect(identity).toMatchObject({ kind: "known", isAccepted: false });
  });
});

describe("a store that fails", () => {
  const outage = new Error("database is locked");

  it.each<[string, KeyFinder]>([
    ["later", { findByDigest: () => Promise.reject(outage) }],
    [
      "at once",
      {
        findByDigest: () => {
          throw outage;
        },
      },
    ],
  ])("%s leaves the caller undecided, and keeps the cause", async (_when, keys) => {
    expect(await identify(one(UNKNOWN_SECRET), deps({ keys }))).toEqual({ kind: "undecided", cause: outage });
  });

  it("does not keep junk from being refused", async () => {
    const keys = { findByDigest: () => Promise.reject(outage) };
    expect(await identify(one("junk"), deps({ keys }))).toEqual({ kind: "unknown" });
  });
});

describe("a clock that fails", () => {
  it("admits nobody", async () => {
    const clock = {
      now: () => {
        throw new Error("no time");
      },
    };
    expect(await identify(one(UNKNOWN_SECRET), deps({ clock }))).toMatchObject({ kind: "undecided" });
  });
});

describe("a request without one clear key", () => {
  it.each<Presented>([{ kind: "none" }, { kind: "ambiguous" }, { kind: "in-query", parameter: "api_key" }])(
    "keeps what it said ($kind), and the store is not asked",
    async (presented) => {
      const keys = aFinder(aKey());
      expect(await identify(presented, deps({ keys }))).toEqual(presented);
      expect(keys.forwardAuth).toEqual([]);
    },
  );
});
