import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createRoutes } from "../../../src/contract/model/routes.ts";
import { operationsOf } from "../../support/model/models.ts";

/** The route table of these operations, each written as `GET /path`. */
function routesOf(...operations: readonly string[]) {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const [method = "", path = ""] = operation.split(" ");
    paths[path] = { ...paths[path], [method.toLowerCase()]: { operationId: operation } };
  }
  return createRoutes(operationsOf({ paths }));
}

const { match } = routesOf(
  "GET /data",
  "GET /v1/keys",
  "POST /v1/keys",
  "GET /v1/keys/{keyId}",
  "POST /v1/keys/{keyId}/revoke",
);

function operationAt(method: string, path: string, found = match(method, path)): string {
  return found.kind === "matched" ? found.operation.id : found.kind;
}

describe("a request", () => {
  it("means the operation of its method and path", () => {
    expect(operationAt("GET", "/data")).toBe("GET /data");
    expect(operationAt("POST", "/v1/keys")).toBe("POST /v1/keys");
    expect(operationAt("GET", "/v1/keys")).toBe("GET /v1/keys");
    expect(match("POST", "/v1/keys/key_1/revoke")).toMatchObject({ kind: "matched", pathParams: { keyId: "key_1" } });
  });

  it.each([
    ["another case", "/Data"],
    ["a slash at the end", "/data/"],
    ["a slash at the end of a parameter", "/v1/keys/a/"],
    ["an empty parameter", "/v1/keys/"],
    ["two slashes", "//data"],
    ["two slashes inside", "/v1//keys"],
    ["a dot segment", "/./data"],
    ["two dots", "/v1/../data"],
    ["a dot as a parameter", "/v1/keys/."],
    ["two dots as a parameter", "/v1/keys/.."],
    ["encoded dots", "/v1/keys/%2e%2E"],
    ["an encoded letter", "/%64ata"],
    ["an encoded letter in a parameter", "/v1/keys/%61"],
    ["an encoded hyphen", "/v1/keys/a%2Db"],
    ["an encoded slash", "/v1/keys/a%2Frevoke"],
    ["an encoded slash in lower case", "/v1%2fkeys"],
    ["an encoded backslash", "/v1/keys/a%5cb"],
    ["one segment more", "/data/x"],
    ["a path parameter of the other syntax", "/data;v=1"],
    ["a query that was not cut off", "/data?x=1"],
    ["a fragment", "/data#x"],
    ["no slash before it", "data"],
    ["nothing at all", ""],
    ["only a star", "*"],
    ["only a slash", "/"],
    ["a parameter of 4097 characters", `/v1/keys/${"x".repeat(4097)}`],
  ])("means nothing with %s", (_case, path) => {
    expect(match("GET", path)).toEqual({ kind: "not-found" });
  });

  it.each(["/%zz", "/data%", "/%4", "/v1/keys/%00", "/v1/keys/a%00b", "/%C3", "/v1/keys/%C0%AF", "/nowhere/%FF"])(
    "means nothing with the broken encoding of %s",
    (path) => expect(match("GET", path)).toEqual({ kind: "not-found" }),
  );

  it.each([
    ["DELETE", "/v1/keys", ["GET", "POST"]],
    ["OPTIONS", "/data", ["GET"]],
    ["HEAD", "/data", ["GET"]],
    ["get", "/data", ["GET"]],
    ["", "/data", ["GET"]],
    ["GET", "/v1/keys/a/revoke", ["POST"]],
  ])("of the method %s at %s learns the methods that are there", (method, path, methods) => {
    expect(match(method, path)).toEqual({ kind: "method-not-allowed", methods });
  });

  it("of a wrong method at an unknown path learns nothing but that", () => {
    expect(match("DELETE", "/nowhere")).toEqual({ kind: "not-found" });
  });

  it("may have a parameter of 4096 characters", () => {
    expect(operationAt("GET", `/v1/keys/${"x".repeat(4096)}`)).toBe("GET /v1/keys/{keyId}");
  });

  it("is matched or not, and never throws, whatever the path", () => {
    const paths = fc.string({ unit: fc.constantFrom(..."/v1keys.%20fF:*?#{}\\;=é\0") });
    fc.assert(
      fc.property(fc.oneof(paths, fc.string({ unit: "binary" })), (path) => {
        for (const found of [match("GET", path), match("GET", `/${path}`), match("POST", `/v1/keys/${path}`)]) {
          expect(["matched", "not-found", "method-not-allowed"]).toContain(found.kind);
        }
      }),
    );
  });
});

describe("a path parameter", () => {
  it("arrives decoded, exactly once", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 50 }), (text) => {
        fc.pre(!/[/\\\0]/.test(text) && text !== "." && text !== "..");
        const found = match("GET", `/v1/keys/${encodeURIComponent(text)}`);
        expect(found).toMatchObject({ kind: "matched", pathParams: { keyId: text } });
      }),
      { examples: [["%41"], ["%2541"], ["%"], ["?#&="], ["é"], ["🔑"], ["a b"]] },
    );
  });

  it("never takes a slash in", () => {
    expect(operationAt("GET", "/v1/keys/a/b")).toBe("not-found");
  });

  it("gives way to a segment that is written out", () => {
    const routes = routesOf("GET /v1/keys/{keyId}", "GET /v1/keys/hygiene");
    expect(operationAt("GET", "", routes.match("GET", "/v1/keys/hygiene"))).toBe("GET /v1/keys/hygiene");
    expect(operationAt("GET", "", routes.match("GET", "/v1/keys/hygien"))).toBe("GET /v1/keys/{keyId}");
  });

  it("may be called otherwise under each path", () => {
    const routes = routesOf("GET /a/{one}/x", "GET /a/{two}/y");
    expect(routes.match("GET", "/a/1/x")).toMatchObject({ pathParams: { one: "1" } });
    expect(routes.match("GET", "/a/1/y")).toMatchObject({ pathParams: { two: "1" } });
  });

  it("may share its segment", () => {
    expect(routesOf("GET /{name}.{kind}").match("GET", "/a.b")).toMatchObject({ pathParams: { name: "a", kind: "b" } });
  });
});

describe("the route table", () => {
  it("takes the root, colons and letters of any language as they are", () => {
    const routes = routesOf("GET /", "GET /things:count", "GET /café");
    expect(operationAt("GET", "", routes.match("GET", "/"))).toBe("GET /");
    expect(operationAt("GET", "", routes.match("GET", "/things:count"))).toBe("GET /things:count");
    expect(operationAt("GET", "", routes.match("GET", "/caf%C3%A9"))).toBe("GET /café");
  });

  it("may be empty", () => {
    expect(createRoutes([]).match("GET", "/")).toEqual({ kind: "not-found" });
  });
});
