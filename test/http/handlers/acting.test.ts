import { describe, expect, it } from "@jest/globals";
import { toRefusal } from "../../../src/http/handlers/acting.ts";
import { aKey } from "../../support/builders.ts";

describe("a key that lost its right before the deed was done", () => {
  it("is refused for what became of it", () => {
    const key = aKey();
    expect(toRefusal(key, { kind: "actor-refused", state: "expired" })).toEqual({
      refusal: { kind: "key-expired", key },
    });
    expect(toRefusal(key, { kind: "actor-refused", state: "revoked" })).toEqual({
      refusal: { kind: "key-revoked", key },
    });
  });
});
