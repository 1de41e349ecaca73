import { describe, expect, it } from "@jest/globals";
import { createFindRequestId } from "../../../src/http/message/request-id.ts";
import { systemRandom } from "../../../src/lib/random.ts";

const idOf = (trustedHops: number, ...sent: readonly string[]) =>
  createFindRequestId(
    trustedHops,
    systemRandom,
  )({ headersDistinct: sent.length > 0 ? { "x-request-id": [...sent] } : {} });

const OWN = /^req_[0-9A-Za-z]{20}$/;

describe("the id of a request", () => {
  it.each(["7", "f058ebd6-02f7-4d3f-942e-904344e8cde5", "A.b_c-9", "x".repeat(128)])(
    "is that of a trusted proxy: %s",
    (id) => {
      expect(idOf(1, id)).toBe(id);
    },
  );

  it("is a new one without a trusted proxy: the header is a claim of the client", () => {
    expect(idOf(0, "7")).toMatch(OWN);
  });

  it.each<[string, readonly string[]]>([
    ["no such header", []],
    ["an empty one", [""]],
    ["more than 128 characters", ["x".repeat(129)]],
    ["other characters", ["a b"]],
    ["the end of a line", ["a\n"]],
    ["a quote", ['a","b":"c']],
    ["two of them", ["a", "b"]],
    ["a list", ["a,b"]],
    ["what may be a key", [`lk_live_${"0".repeat(38)}`]],
  ])("is a new one for %s", (_, sent) => {
    expect(idOf(1, ...sent)).toMatch(OWN);
  });
});
