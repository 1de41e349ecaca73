import { describe, expect, it } from "@jest/globals";
import type { KeySchemes } from "../../../src/contract/model/schemes.ts";
import { createRefuse } from "../../../src/http/reply/refusals.ts";
import { anExchange } from "../../support/exchange.ts";

function detailOf(schemes: KeySchemes): string {
  const refuse = createRefuse(schemes, { countFailure: () => 0, waitMsOf: () => 0 });
  return refuse(anExchange(), { kind: "key-missing" }).problem.detail;
}

describe("a refusal outside of any operation", () => {
  it("names the header of the contract, or Authorization if the contract has none", () => {
    const query = { in: "query", name: "api_key" } as const;
    expect(detailOf({ Q: query, H: { in: "header", name: "x-other" } })).toContain("header x-other");
    expect(detailOf({ Q: query })).toContain("header authorization");
  });
});
