import { describe, expect, it } from "@jest/globals";
import { createNotices } from "../../packages/client/src/notices.ts";

const OLD = "GET /old";

function someNotices() {
  const warnings: string[] = [];
  const notice = createNotices((warning) => warnings.push(warning));
  return {
    warnings,
    tell: (headers: Record<string, string>, operation = OLD) => notice(operation, new Headers(headers)),
  };
}

const told = (headers: Record<string, string>) => {
  const { tell, warnings } = someNotices();
  tell(headers);
  return warnings;
};

describe("a warning", () => {
  it.each([
    [{ Deprecation: "@1767225600" }, "GET /old is deprecated since 2026-01-01T00:00:00.000Z."],
    [{ Deprecation: "true" }, "GET /old is deprecated."],
    [{ Deprecation: "@1e99" }, "GET /old is deprecated."],
    [
      { Deprecation: "@1767225600", Sunset: "Fri, 01 Jan 2027 00:00:00 GMT" },
      "GET /old is deprecated since 2026-01-01T00:00:00.000Z and ends at 2027-01-01T00:00:00.000Z.",
    ],
    [{ Sunset: "Fri, 01 Jan 2027 00:00:00 GMT" }, "GET /old is deprecated and ends at 2027-01-01T00:00:00.000Z."],
    [
      { "Latchkey-Key-Ends-At": "2026-11-25T12:00:00.000Z" },
      "This API key was rotated and works until 2026-11-25T12:00:00.000Z; use its successor.",
    ],
  ])("is told: %j", (headers, words) => expect(told(headers)).toEqual([words]));

  it.each([[{}], [{ Sunset: "soon" }], [{ "Latchkey-Key-Ends-At": "never" }]])("is nothing of this: %j", (headers) => {
    expect(told(headers as Record<string, string>)).toEqual([]);
  });

  it("is given once for each operation, and once for the key", () => {
    const { tell, warnings } = someNotices();
    const headers = { Deprecation: "@1767225600", "Latchkey-Key-Ends-At": "2026-11-25T12:00:00.000Z" };
    for (const operation of [OLD, OLD, "GET /older", OLD]) tell(headers, operation);
    expect(warnings.map((warning) => warning.split(" ", 2).join(" "))).toEqual(["This API", OLD, "GET /older"]);
  });
});
