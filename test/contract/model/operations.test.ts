import { describe, expect, it } from "@jest/globals";
import type { JsonObject } from "../../../src/contract/document/json.ts";
import { loadDocument } from "../../../src/contract/document/load.ts";
import type { Operation } from "../../../src/contract/model/operations.ts";
import { toOutline } from "../../../src/contract/model/outline.ts";
import { BUILT_IN_CONTRACT } from "../../../src/service/built-in-contract.ts";
import { contractFiles, HEALTHY } from "../../support/model/contract.ts";
import { operationsOf } from "../../support/model/models.ts";

const contractOf = contractFiles();

/** The one operation of a document with this much in it. */
function operationOf(operation: JsonObject, root: JsonObject = {}, item: JsonObject = {}): Operation {
  const [found] = operationsOf({ ...root, paths: { "/x": { ...item, put: { operationId: "putX", ...operation } } } });
  if (found === undefined) throw new Error("There is no operation.");
  return found;
}

describe("the operations of a contract", () => {
  it("are rows of what the service needs to know", () => {
    expect(operationsOf(contractOf(HEALTHY).document)).toEqual([
      {
        id: "getThing",
        method: "GET",
        path: "/things/{thingId}",
        selectors: [],
        needsOtherCredential: false,
        isPublic: false,
        isPassthrough: false,
        isOptional: false,
        carriers: [{ in: "header", name: "x-api-key" }],
        sharedCarriers: [],
        credentialParameters: [],
        otherAlternatives: [],
        upstream: undefined,
        upstreamHeaders: {},
        responseCheck: "off",
        timeouts: {},
        upgrade: undefined,
        messageCost: 0,
        cost: 1,
        limits: [],
        hasRequiredParameters: true,
        schemes: ["ApiKey"],
        scopes: ["data:read"],
        requirements: [[{ scheme: "ApiKey", scopes: ["data:read"] }]],
        body: undefined,
        slashParameters: [],
        matrixParameters: [],
        defaultedParameters: [],
        queryParameters: ["size"],
        cookieParameters: [],
        headerParameters: [],
        responses: { "200": undefined },
        responseHeaders: [],
        cors: "latchkey",
        unauthorizedError: "Unauthorized",
      },
      expect.objectContaining({
        id: "putThing",
        method: "PUT",
        scopes: ["data:write"],
        body: {
          isRequired: true,
          media: [
            {
              name: "application/json",
              essence: "application/json",
              parameters: new Map(),
              isOpaque: false,
              isText: false,
            },
          ],
          maxBytes: undefined,
        },
      }),
    ]);
  });

  it("of the service itself are those of its contract", () => {
    const { document } = loadDocument(BUILT_IN_CONTRACT);
    const byId = new Map(operationsOf(document).map((operation) => [operation.id, operation]));
    expect(byId.get("getSecretData")).toMatchObject({
      scopes: ["secret:read"],
      unauthorizedError: "Unauthorized access",
    });
    expect(byId.get("getInfo")).toMatchObject({ schemes: ["ApiKeyQuery"], responses: { "200": "text/plain" } });
    expect(byId.get("listKeys")).toMatchObject({ defaultedParameters: ["limit"] });
    expect(byId.get("revokeKey")).toMatchObject({ body: { isRequired: false } });
    expect(byId.get("getHealth")).toMatchObject({ isPublic: true, schemes: [], scopes: [] });
  });

  it("are found under every method, and nowhere else", () => {
    const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
    const item = Object.fromEntries([...methods, "summary", "servers", "GET", "x-get"].map((name) => [name, {}]));
    expect(toOutline({ paths: { "/x": item } }).operations.map(({ method }) => method)).toEqual(methods);
  });

  it.each([{}, { paths: null }, { paths: [] }, { paths: { "/x": null } }, { paths: { "/x": { get: [] } } }])(
    "are none in %j",
    (document) => expect(toOutline(document).operations).toEqual([]),
  );
});

describe("an operation", () => {
  const security = [{ ApiKey: ["a:read"] }];

  it("inherits the security of the root", () => {
    expect(operationOf({}, { security })).toMatchObject({ isPublic: false, schemes: ["ApiKey"], scopes: ["a:read"] });
  });

  it("is public only by its own word, whatever the root says", () => {
    expect(operationOf({ security: [] }, { security })).toMatchObject({ isPublic: true, schemes: [], scopes: [] });
  });

  it("asks for each scheme and scope once, out of all its requirements", () => {
    const mixed = [{ ApiKey: ["a:read", "b:read"] }, { ApiKey: ["b:read"], Other: ["c:read"] }];
    expect(operationOf({ security: mixed })).toMatchObject({
      schemes: ["ApiKey", "Other"],
      scopes: ["a:read", "b:read", "c:read"],
    });
  });

  it("reads its media types in lower case, and a body that does not say so as one that may be left out", () => {
    const requestBody = { content: { "Application/JSON": {}, "text/plain": {} } };
    expect(operationOf({ requestBody }).body).toEqual({
      isRequired: false,
      media: [
        {
          name: "Application/JSON",
          essence: "application/json",
          parameters: new Map(),
          isOpaque: false,
          isText: false,
        },
        { name: "text/plain", essence: "text/plain", parameters: new Map(), isOpaque: true, isText: false },
      ],
      maxBytes: undefined,
    });
  });

  it("finds body, answers and parameters behind references", () => {
    const components = {
      requestBodies: { B: { required: true, content: { "a/b": {} } } },
      responses: { R: { content: { "c/d": {} } } },
      parameters: { P: { name: "p", in: "query", schema: { $ref: "#/components/schemas/S" } } },
      schemas: { S: { default: 1 } },
    };
    const operation = {
      requestBody: { $ref: "#/components/requestBodies/B" },
      responses: { 200: { $ref: "#/components/responses/R" } },
      parameters: [{ $ref: "#/components/parameters/P" }],
    };
    expect(operationOf(operation, { components })).toMatchObject({
      body: { isRequired: true, media: [{ name: "a/b", isOpaque: true }] },
      responses: { "200": "c/d" },
      defaultedParameters: ["p"],
    });
  });

  it("knows which query parameters have a default, its own and those of its path", () => {
    const query = (name: string, schema: JsonObject) => ({ in: "query", name, schema });
    const parameters = [
      query("a", { default: 0 }),
      query("b", {}),
      { in: "header", name: "c", schema: { default: 1 } },
    ];
    const item = { parameters: [query("d", { default: false })] };
    expect(operationOf({ parameters }, {}, item).defaultedParameters).toEqual(["d", "a"]);
  });

  it("leaves out the headers that OpenAPI ignores", () => {
    const parameters = ["Accept", "content-type", "Authorization", "X-A"].map((name) => ({
      in: "header",
      name,
      required: name !== "X-A",
    }));
    expect(operationOf({ parameters })).toMatchObject({ headerParameters: ["X-A"], hasRequiredParameters: false });
  });

  it.each([
    [{ properties: { error: { const: "Nope" } } }, "Nope"],
    [{ properties: { error: { type: "string" } } }, "Unauthorized"],
    [{ properties: { error: { const: 7 } } }, "Unauthorized"],
    [{}, "Unauthorized"],
  ])("answers 401 with the error that %j declares", (schema, error) => {
    const responses = { 401: { content: { "application/problem+json": { schema } } } };
    expect(operationOf({ responses }).unauthorizedError).toBe(error);
  });
});
