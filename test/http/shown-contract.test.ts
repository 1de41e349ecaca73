import { describe, expect, it } from "@jest/globals";
import { withScopes } from "../../src/http/shown-contract.ts";

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
