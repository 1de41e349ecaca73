import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type IdentifyDeps, identify, type KeyFinder } from "../../src/auth/identify.ts";
import type { Presented } from "../../src/auth/presented-key.ts";
import { digestOf } from "../../src/keys/digest.ts";
import type { ApiKey } from "../../src/keys/key.ts";
import { aHeldClock, aKey, NOON, UNKNOWN_SECRET } from "../support/builders.ts";

/** Finds these keys, and records the digests that it is asked for. */
function aFinder(...keys: readonly ApiKey[]): KeyFinder & { readonly digests: string[] } {
  const digests: string[] = [];
  return {
    digests,
    findByDigest: async (digest) => {
      digests.push(digest);
      return keys.find((key) => key.digest === digest);
    },
  };
}

function deps(differences: Partial<IdentifyDeps> = {}): IdentifyDeps {
  return { keys: aFinder(aKey()), clock: aHeldClock(), environments: ["live", "test"], ...differences };
}

const one = (text: string): Presented => ({ kind: "one", text });

describe("a presented key", () => {
  it("is known if it was issued", async () => {
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
    expect(keys.digests).toEqual([digestOf(UNKNOWN_SECRET)]);
  });

  it("is unknown if it was never issued", async () => {
    expect(await identify(one(UNKNOWN_SECRET), deps({ keys: aFinder() }))).toEqual({ kind: "unknown" });
  });

  it("is unknown if the store returns a key with another digest", async () => {
    const keys = { findByDigest: async () => aKey({ digest: digestOf("another") }) };
    expect(await identify(one(UNKNOWN_SECRET), deps({ keys }))).toEqual({ kind: "unknown" });
  });

  it("that is malformed never reaches the store, and is treated like an unknown one", async () => {
    const keys = aFinder(aKey());
    const junk = fc.oneof(fc.string(), fc.constantFrom(`${UNKNOWN_SECRET}0`, UNKNOWN_SECRET.replace("live", "test")));
    await fc.assert(
      fc.asyncProperty(junk, async (text) => {
        expect(await identify(one(text), deps({ keys }))).toEqual({ kind: "unknown" });
      }),
    );
    expect(keys.digests).toEqual([]);
  });

  it("is expired from the millisecond it expires", async () => {
    const keys = aFinder(aKey({ expiresAt: NOON }));
    const at = (instant: number) => identify(one(UNKNOWN_SECRET), deps({ keys, clock: aHeldClock(instant) }));
    expect(await at(NOON - 1)).toMatchObject({ kind: "known", state: "active" });
    expect(await at(NOON)).toMatchObject({ kind: "known", state: "expired" });
  });

  it("is revoked as soon as it is revoked in the store", async () => {
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

  it("belongs to the environment in the store, whatever its text says", async () => {
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
  ])("%s leaves the identity undecided, and keeps the cause", async (_when, keys) => {
    expect(await identify(one(UNKNOWN_SECRET), deps({ keys }))).toEqual({ kind: "undecided", cause: outage });
  });

  it("still refuses junk", async () => {
    const keys = { findByDigest: () => Promise.reject(outage) };
    expect(await identify(one("junk"), deps({ keys }))).toEqual({ kind: "unknown" });
  });
});

describe("a clock that fails", () => {
  it("admits no request", async () => {
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
    "stays what it was ($kind), without a look-up",
    async (presented) => {
      const keys = aFinder(aKey());
      expect(await identify(presented, deps({ keys }))).toEqual(presented);
      expect(keys.digests).toEqual([]);
    },
  );
});
