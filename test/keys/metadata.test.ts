import { describe, expect, it } from "@jest/globals";
import { MAX_METADATA_BYTES, metadataViolation } from "../../src/keys/metadata.ts";

const ofBytes = (bytes: number) => ({ n: "x".repeat(bytes - '{"n":""}'.length) });

describe("metadata", () => {
  it.each([{}, { a: { b: [1, "x", null, true, -0.5] } }, { "ключ 1": "знач" }, { max: Number.MAX_SAFE_INTEGER }])(
    "may be %j",
    (metadata) => expect(metadataViolation(metadata)).toBeUndefined(),
  );

  it("may have 4096 bytes and no more, in any script", () => {
    expect(metadataViolation(ofBytes(MAX_METADATA_BYTES))).toBeUndefined();
    expect(metadataViolation(ofBytes(MAX_METADATA_BYTES + 1))).toContain("4096 bytes");
    expect(metadataViolation({ n: "ж".repeat(2045) })).toContain("4096 bytes");
  });

  it.each([
    ["a name without a letter", { "": 1 }, "names of 1 to 100"],
    ["a name with a line break", { "a\nb": 1 }, "names of 1 to 100"],
    ["a name that never ends", { ["n".repeat(101)]: 1 }, "names of 1 to 100"],
    ["many names", Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`n${n}`, 1])), "100 names"],
    ["a number that programs read in different ways", { a: [{ b: 2 ** 53 }] }, "9007199254740991"],
    ["a number without end", { a: Number.POSITIVE_INFINITY }, "9007199254740991"],
  ])("must not have %s", (_, metadata, words) => expect(metadataViolation(metadata)).toContain(words));
});
