import { describe, expect, it } from "@jest/globals";
import { createRuleBook } from "../../../src/auth/rule-book.ts";
import { toOutline } from "../../../src/contract/model/outline.ts";
import { toPolicy } from "../../../src/contract/model/plans.ts";
import { personalContract, withScopes } from "../../../src/http/pages/shown-contract.ts";
import { aKey, NOON } from "../../support/builders.ts";
import { operationsOf } from "../../support/model/models.ts";

describe("the contract as the page shows it", () => {
  it("says what each operation needs, however little else it says", () => {
    const shown = withScopes({
      components: { securitySchemes: { ApiKey: { type: "apiKey", in: "header", name: "x-api-key" } } },
      security: [{ ApiKey: ["data:read", "info:read"] }],
      paths: { "/bare": { get: { operationId: "getBare" } } },
    });
    expect(shown["paths"]).toEqual({
      "/bare": {
        get: {
          operationId: "getBare",
          summary: "getBare · data:read, info:read",
          description: "**Needs the scope `data:read`, `info:read`.**\n\n",
        },
      },
    });
  });

  it("is a copy", () => {
    const document = { paths: { "/bare": { get: { operationId: "getBare", security: [] } } } };
    withScopes(document);
    expect(document.paths["/bare"].get).toEqual({ operationId: "getBare", security: [] });
  });
});

describe("the contract of one key", () => {
  const BARE = {
    security: [{ ApiKey: ["data:read"] }, { ApiKey: ["data:all"] }],
    components: { securitySchemes: { ApiKey: { type: "apiKey", in: "header", name: "x-api-key" } } },
    paths: {
      "/bare": {
        get: { operationId: "getBare" },
        post: { operationId: "addBare", security: [{ ApiKey: ["data:write"] }] },
      },
      "/open": { get: { operationId: "getOpen", security: [] } },
      "/closed": { parameters: [], get: { operationId: "getClosed", security: [{ ApiKey: ["other"] }] } },
    },
  };
  const shown = (scopes: readonly string[], name = "acme") => {
    const key = aKey({ scopes, client: { ...aKey().client, name } });
    const ruleBook = createRuleBook(toPolicy(toOutline(BARE).extension), operationsOf(BARE));
    return personalContract(BARE, key, ruleBook, NOON);
  };

  it("has what one of the alternatives lets it call, and what needs no key", () => {
    for (const scopes of [["data:read"], ["data:all"]]) {
      expect(shown(scopes)["paths"]).toEqual({
        "/bare": { get: { operationId: "getBare", description: "**Your limits**: none" } },
        "/open": { get: { operationId: "getOpen", security: [] } },
      });
    }
    expect(Object.keys(shown(["data:write"])["paths"] as object)).toEqual(["/bare", "/open"]);
  });

  it("says whose it is, whatever that is called", () => {
    expect(shown([], "<b>`x`")["info"]).toEqual({
      description: `**This is what the key \`${aKey().id}\` of the client \`'b''x'\` may call.**`,
    });
  });
});
