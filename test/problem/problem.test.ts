import { describe, expect, it } from "@jest/globals";
import { isProblemCode, PROBLEMS } from "../../src/problem/catalog.ts";
import { toDocument } from "../../src/problem/problem.ts";

describe("the document of a problem", () => {
  it("has the members of RFC 9457 and our own, and no others", () => {
    expect(toDocument({ code: "not-found", detail: "There is no key with this id." }, "req_1")).toStrictEqual({
      type: "/problems/not-found",
      title: "Not found",
      status: 404,
      detail: "There is no key with this id.",
      code: "not-found",
      requestId: "req_1",
    });
  });

  it("lists the invalid parts if there are any", () => {
    const errors = [{ detail: "must be <= 100", pointer: "#/query/limit" }];
    expect(toDocument({ code: "request-invalid", detail: "See errors.", errors }, "req_1")).toHaveProperty(
      "errors",
      errors,
    );
  });

  it.each(Object.keys(PROBLEMS).filter(isProblemCode))("takes status and title of %s from the catalogue", (code) => {
    const { status, title } = PROBLEMS[code];
    expect(toDocument({ code, detail: "x" }, "req_1")).toMatchObject({
      status,
      title,
      type: `/problems/${code}`,
      code,
    });
  });

  it("does not include the explanation, which is for the page", () => {
    expect(toDocument({ code: "key-missing", detail: "x" }, "req_1")).not.toHaveProperty("about");
  });
});
