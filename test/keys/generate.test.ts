import { describe, expect, it } from "@jest/globals";
import { clientNameViolation } from "../../src/keys/client.ts";
import { parseKey } from "../../src/keys/format.ts";
import { newId, newSecret } from "../../src/keys/generate.ts";
import { ENVIRONMENTS } from "../../src/keys/key.ts";
import { systemRandom } from "../../src/lib/random.ts";

describe("a new id", () => {
  it.each(["key", "client", "req"] as const)(
    "of the kind %s is named after it, followed by 20 random characters",
    (kind) => {
      expect(newId(kind, systemRandom)).toMatch(new RegExp(`^${kind}_[0-9A-Za-z]{20}$`));
    },
  );

  it("depends only on the given random bytes", () => {
    expect(newId("key", (count) => new Uint8Array(count))).toBe(`key_${"0".repeat(20)}`);
  });

  it("differs each time", () => {
    const ids = Array.from({ length: 1000 }, () => newId("key", systemRandom));
    expect(new Set(ids).size).toBe(1000);
  });

  it("of a client cannot be mistaken for a name", () => {
    for (const kind of ["client", "key"] as const) {
      expect(clientNameViolation(newId(kind, systemRandom))).toMatch(/which ids do/);
    }
  });
});

describe("a new secret", () => {
  it.each(ENVIRONMENTS)("is a %s key that can be parsed", (environment) => {
    const secret = newSecret("acme", environment, systemRandom);
    expect(secret).toMatch(new RegExp(`^acme_${environment}_`));
    expect(parseKey(secret)).toEqual({ environment, text: secret });
  });

  it("has 32 random characters, at least 190 bits", () => {
    const forwardAuth: number[] = [];
    newSecret("lk", "live", (count) => {
      forwardAuth.push(count);
      return new Uint8Array(count);
    });
    expect(forwardAuth).toEqual([32]);
    expect(Math.log2(62 ** 32)).toBeGreaterThan(190);
  });

  it("differs each time", () => {
    const secrets = Array.from({ length: 1000 }, () => newSecret("lk", "live", systemRandom));
    expect(new Set(secrets).size).toBe(1000);
  });
});
