import { describe, expect, it } from "@jest/globals";
import { toOutline } from "../../../src/contract/model/outline.ts";

const PARAMETERS = {
  id: { name: "id", in: "path", required: true },
  ownLimit: { name: "limit", in: "query", description: "own" },
};

const outline = toOutline({
  security: [{ ApiKey: ["orders:read"] }],
  "x-latchkey": { responses: "report" },
  paths: {
    "x-note": {},
    "/orders/{id}": {
      parameters: [{ $ref: "#/components/parameters/id" }, { name: "limit", in: "query" }],
      get: { operationId: "getOrder", parameters: [PARAMETERS.ownLimit] },
      put: { operationId: "putOrder", security: [], "x-latchkey": { cost: 3 } },
      post: { $ref: "#/components/nothing" },
    },
    "/shared": { $ref: "#/components/pathItems/Shared" },
  },
  components: {
    parameters: { id: PARAMETERS.id },
    pathItems: { Shared: { get: { operationId: "getShared" } } },
    securitySchemes: {
      ApiKey: { type: "apiKey", in: "header", name: "X-Key", "x-scopes": { "orders:read": "Read orders." } },
      Login: { type: "http", scheme: "bearer" },
    },
  },
});
const operations = new Map(outline.operations.map((found) => [found.id, found]));

describe("the outline of a document", () => {
  it("labels each operation with method and path; a reference is not an operation", () => {
    expect(outline.operations.map(({ label }) => label)).toEqual([
      "GET /orders/{id}",
      "PUT /orders/{id}",
      "GET /shared",
    ]);
  });

  it("knows where an operation is, also behind a reference of its path", () => {
    expect(operations.get("getOrder")?.pointer).toEqual(["paths", "/orders/{id}", "get"]);
    expect(operations.get("getShared")?.pointer).toEqual(["components", "pathItems", "Shared", "get"]);
  });

  it("has the parameters of the path, unless the operation replaces them", () => {
    expect(operations.get("getOrder")?.parameters).toEqual([
      { place: ["components", "parameters", "id"], parameter: PARAMETERS.id },
      { place: ["paths", "/orders/{id}", "get", "parameters", 0], parameter: PARAMETERS.ownLimit },
    ]);
    expect(operations.get("putOrder")?.parameters.map(({ parameter }) => parameter["name"])).toEqual(["id", "limit"]);
  });

  it("has the security of the document for operations without their own", () => {
    expect(operations.get("getOrder")?.requirements).toEqual([{ ApiKey: ["orders:read"] }]);
    expect(operations.get("putOrder")?.requirements).toEqual([]);
  });

  it("has x-latchkey parsed, of the document and of each operation", () => {
    expect(outline.extension).toEqual({ responses: "report", plans: {}, limits: {} });
    expect(operations.get("putOrder")?.extension).toEqual({ cost: 3 });
    expect(operations.get("getOrder")?.extension).toEqual({});
  });

  it("tells key schemes from others, and has the described scopes", () => {
    expect(outline.schemeNames).toEqual(["ApiKey", "Login"]);
    expect({ ...outline.keySchemes }).toEqual({ ApiKey: { in: "header", name: "x-key" } });
    expect(outline.scopes).toEqual({ "orders:read": "Read orders." });
  });
});
