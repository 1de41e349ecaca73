import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseTemplate, splitSegment } from "../../../../src/contract/model/paths/path-template.ts";
import { createRoutes } from "../../../../src/contract/model/paths/routes.ts";
import { operationsOf } from "../../../support/model/models.ts";

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
    ["an encoded slash in lower case", "/v1%2fkeys"],
    ["one segment more", "/data/x"],
    ["a path parameter of the other syntax", "/data;v=1"],
    ["a query that was not cut off", "/data?x=1"],
    ["a fragment", "/data#x"],
    ["no slash before it", "data"],
    ["nothing at all", ""],
    ["only a star", "*"],
    ["only a slash", "/"],
  ])("means nothing with %s", (_case, path) => {
    expect(match("GET", path)).toEqual({ kind: "not-found" });
  });

  it.each([
    ["GET", "/%64ata", "GET /data"],
    ["GET", "/v1/keys/%61", "GET /v1/keys/{keyId}"],
    ["POST", "/v1/%6beys/a%2Db/revoke", "POST /v1/keys/{keyId}/revoke"],
  ])("may encode letters: %s %s", (method, path, expected) => {
    expect(operationAt(method, path)).toBe(expected);
  });

  it.each([
    ["/v1/keys/a%2Frevoke", "slash"],
    ["/v1/keys/a%252Frevoke", "slash"],
    ["/v1/keys/a%2fb%2Fc", "slash"],
    ["/v1/keys/.", "segment"],
    ["/v1/keys/..", "segment"],
    ["/v1/keys/%2e%2E", "segment"],
    ["/v1/keys/%252e%252e", "segment"],
    ["/v1/keys/%20", "segment"],
    ["/v1/keys/..;x", "segment"],
    ["/v1/keys/a%2F..%2Fb", "segment"],
    ["/v1/keys/a%5cb", "character"],
    ["/v1/keys/a%255Cb", "character"],
    ["/v1/keys/a%0Ab", "character"],
    ["/v1/keys/a%2500b", "character"],
  ])("whose value some program reads otherwise learns which parameter it is: %s", (path, problem) => {
    expect(match("GET", path)).toEqual({ kind: "not-found", refused: { parameter: "keyId", problem } });
  });

  it.each(["/items/mine;x", "/items/mine%3Bx", "/items/%256dine"])(
    "that is another operation to some program learns it: %s",
    (path) => {
      const found = routesOf("GET /items/{id}", "GET /items/mine").match("GET", path);
      expect(found).toEqual({ kind: "not-found", refused: { parameter: "id", problem: "reading" } });
    },
  );

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

  it("may have a parameter as long as a request target", () => {
    expect(operationAt("GET", `/v1/keys/${"x".repeat(16_000)}`)).toBe("GET /v1/keys/{keyId}");
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
        fc.pre(!/[/\\\0;]|%2f|%5c/i.test(text) && !["", ".", ".."].includes(text.trim()));
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

/** What a path means: the operation with its parameters, or nothing. */
function meaningOf(path: string, ...operations: readonly string[]) {
  const found = routesOf(...operations).match("GET", path);
  return found.kind === "matched" ? [found.operation.path, found.pathParams] : found.kind;
}

describe("a segment with texts and parameters", () => {
  it.each([
    ["/v2/items/7:archive", "/v2/items/{itemId}:archive", { itemId: "7" }],
    ["/v2/items/7%3Aarchive", "/v2/items/{itemId}:archive", { itemId: "7" }],
    ["/v2/items/urn:a:archive", "/v2/items/{itemId}:archive", { itemId: "urn:a" }],
    ["/images/a.tar.gz", "/images/{name}.{ext}", { name: "a.tar", ext: "gz" }],
    ["/images/a.json", "/images/{id}.json", { id: "a" }],
    ["/compare/v1...v2", "/compare/{base}...{head}", { base: "v1", head: "v2" }],
    ["/Users('a%20b')", "/Users('{id}')", { id: "a b" }],
    ["/Users%28%27a%27%29", "/Users('{id}')", { id: "a" }],
    ["/1,2", "/{from},{to}", { from: "1", to: "2" }],
    ["/v12/things", "/v{version}/things", { version: "12" }],
    ["/@me", "/@{handle}", { handle: "me" }],
    ["/octo-cat-hello", "/{owner}-{repo}", { owner: "octo-cat", repo: "hello" }],
    ["/caf%C3%A9-%F0%9F%94%91", "/{owner}-{repo}", { owner: "café", repo: "🔑" }],
  ])("matches %s as %s", (path, template, params) => {
    expect(meaningOf(path, "GET /images/{name}.{ext}", "GET /{owner}-{repo}", `GET ${template}`)).toEqual([
      template,
      params,
    ]);
  });

  it.each([
    ["/v2/items/:archive", "/v2/items/{itemId}:archive"],
    ["/v2/items/7:archived", "/v2/items/{itemId}:archive"],
    ["/images/.b", "/images/{name}.{ext}"],
    ["/images/a.", "/images/{name}.{ext}"],
    ["/images/ab", "/images/{name}.{ext}"],
    ["/images/..", "/images/{name}.{ext}"],
    ["/images/...", "/images/{name}.{ext}"],
    ["/images/%2e%2e.%2e%2e", "/images/{name}.{ext}"],
    ["/v/things", "/v{version}/things"],
    ["/a..b", "/{base}...{head}"],
  ])("does not match %s as %s", (path, template) => {
    expect(meaningOf(path, `GET ${template}`)).toBe("not-found");
  });

  it("is split in linear time", () => {
    const segment = parseTemplate("/{a}.{b}.{c}.{d}")[0] ?? [];
    expect(splitSegment(".".repeat(100_000), segment)).toHaveLength(4);
    expect(splitSegment(`${"a".repeat(100_000)}.`, segment)).toBeUndefined();
  });
});

describe("of several paths that match a request", () => {
  const SHADES = [
    "GET /s/{a}/{b}/{c}",
    "GET /s/{id}/branch/{x}",
    "GET /s/{id}/branch/v{x}",
    "GET /s/{id}/branch/main",
    "GET /s/{id}:all/branch/{x}",
  ];

  it.each([
    ["/s/1/2/3", "/s/{a}/{b}/{c}"],
    ["/s/1/branch/3", "/s/{id}/branch/{x}"],
    ["/s/1/branch/v3", "/s/{id}/branch/v{x}"],
    ["/s/1/branch/main", "/s/{id}/branch/main"],
    ["/s/1:all/branch/main", "/s/{id}:all/branch/{x}"],
    ["/s/1:all/other/main", "/s/{a}/{b}/{c}"],
  ])("the one with the most text is meant by %s: %s", (path, template) => {
    for (const order of [SHADES, SHADES.toReversed()]) expect(meaningOf(path, ...order)[0]).toBe(template);
  });

  it("a slash at the end makes another path", () => {
    const both = ["GET /pets/", "GET /pets", "GET /pets/{id}/"];
    expect(meaningOf("/pets/", ...both)).toEqual(["/pets/", {}]);
    expect(meaningOf("/pets", ...both)).toEqual(["/pets", {}]);
    expect(meaningOf("/pets/7/", ...both)).toEqual(["/pets/{id}/", { id: "7" }]);
    expect(meaningOf("/pets/7", ...both)).toBe("not-found");
    expect(meaningOf("/pets//", ...both)).toBe("not-found");
  });

  it("two with other names may have different methods", () => {
    const routes = routesOf("GET /a/{one}", "PUT /a/{two}");
    expect(routes.match("GET", "/a/1")).toMatchObject({ pathParams: { one: "1" } });
    expect(routes.match("PUT", "/a/1")).toMatchObject({ pathParams: { two: "1" } });
    expect(routes.match("POST", "/a/1")).toEqual({ kind: "method-not-allowed", methods: ["GET", "PUT"] });
  });
});

describe("the name of a path parameter", () => {
  it.each(["user-id", "number.id", "id*", "+name", "constructor", "größe"])("may be %s", (name) => {
    expect(meaningOf("/users/7", `GET /users/{${name}}`)).toEqual([`/users/{${name}}`, { [name]: "7" }]);
  });

  it("that comes twice must have one value", () => {
    expect(meaningOf("/a/1/b/1", "GET /a/{x}/b/{x}")).toEqual(["/a/{x}/b/{x}", { x: "1" }]);
    expect(meaningOf("/a/1/b/2", "GET /a/{x}/b/{x}")).toBe("not-found");
  });
});

/** A route table with a parameter of this `x-latchkey` and style. */
function routesWith(parameter: object) {
  const parameters = [{ name: "id", in: "path", required: true, ...parameter }];
  const get = (operationId: string) => ({ get: { operationId, parameters } });
  return createRoutes(operationsOf({ paths: { "/p/{id}": get("getP"), "/p/{id}/files/{file}": get("getFile") } }));
}

describe("a path parameter that was encoded", () => {
  it("is found decoded and as it was sent, also beside text", () => {
    const routes = routesOf("GET /w/{words}/{n}", "GET /w/{words}:count");
    expect(routes.match("GET", "/w/a%2Cb,c/1")).toMatchObject({
      pathParams: { words: "a,b,c", n: "1" },
      encodedPathParams: { words: "a%2Cb,c" },
    });
    expect(routes.match("GET", "/w/%F0%9F%94%91%2cb%3Acount")).toMatchObject({
      pathParams: { words: "🔑,b" },
      encodedPathParams: { words: "%F0%9F%94%91%2cb" },
    });
    expect(routes.match("GET", "/w/a,b/1")).not.toHaveProperty("encodedPathParams");
  });
});

describe("a path parameter that may have encoded slashes", () => {
  const routes = routesWith({ "x-latchkey": { encodedSlash: "pass" } });

  it.each([
    ["a%2Fb", "a/b"],
    ["a%2fb%2Fc", "a/b/c"],
    ["a%252Fb", "a%2Fb"],
    ["%7Ea%2Fb.c", "~a/b.c"],
  ])("has the value of %s", (sent, id) => {
    expect(routes.match("GET", `/p/${sent}`)).toMatchObject({ operation: { id: "getP" }, pathParams: { id } });
  });

  it.each([
    ...["%2Fa", "a%2F", "a%2F%2Fb", "a%2F..%2Fb", "..%2Fb", "a%2F.", "a%2F%2E%2e%2Fb", "a%2F%252e%252e%2Fb"],
    ...["a%252F%252e%252e%252Fb", "a%5Cb", "a%2F%5C..", "a%2F..;x%2Fb", "a%2F%20..%20%2Fb", "a%2F%00", "a%2F;x"],
  ])("never means a path with empty or dot segments: %s", (sent) => {
    expect(routes.match("GET", `/p/${sent}`).kind).toBe("not-found");
  });
});

describe("a path parameter of the style matrix", () => {
  it("has semicolons", () => {
    const routes = routesWith({ style: "matrix" });
    expect(routes.match("GET", "/p/;id=5")).toMatchObject({ kind: "matched", pathParams: { id: ";id=5" } });
    expect(routesWith({}).match("GET", "/p/;id=5").kind).toBe("not-found");
  });
});
