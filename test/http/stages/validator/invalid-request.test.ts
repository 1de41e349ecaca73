import { describe, expect, it } from "@jest/globals";
import { toInvalidRequest } from "../../../../src/http/stages/validator/invalid-request.ts";

const violation = (errors?: readonly object[]) => ({ status: 400, path: "/body", message: "is wrong", errors });
const partsOf = (error: unknown) => toInvalidRequest(error)?.parts ?? [];

describe("a violation that the validator finds", () => {
  it("keeps the place of each part, as a pointer", () => {
    const errors = [
      "/query/limit",
      "/params/keyId",
      "/headers/x-trace",
      "/cookies/a",
      "/body/name",
      "/body",
      "odd",
    ].map((path) => ({ path, message: "is wrong" }));
    expect(partsOf(violation(errors)).map(({ pointer }) => pointer)).toEqual([
      "#/query/limit",
      "#/path/keyId",
      "#/header/x-trace",
      "#/cookies/a",
      "#/name",
      "#",
      "#/",
    ]);
  });

  it("without parts is shown as one part", () => {
    for (const errors of [[], undefined]) {
      expect(partsOf(violation(errors))).toEqual([{ detail: "is wrong", pointer: "#" }]);
    }
  });

  it("is shortened, and unprintable characters are replaced", () => {
    const errors = Array.from({ length: 30 }, () => ({ path: "/query/\u0007", message: "x".repeat(600) }));
    const parts = partsOf(violation(errors));
    expect(parts).toHaveLength(20);
    expect(parts[0]).toEqual({ detail: "x".repeat(500), pointer: "#/query/?" });
    expect(partsOf(violation([{ path: "/query/a", message: "" }]))[0]?.detail).toBe("is not valid");
  });

  it("is none where the status is not 400, or nothing was thrown", () => {
    expect(toInvalidRequest({ status: 500 })).toBeUndefined();
    expect(toInvalidRequest(undefined)).toBeUndefined();
  });
});
