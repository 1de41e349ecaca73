import { describe, expect, it } from "@jest/globals";
import type { JsonObject } from "../../../src/contract/document/json.ts";
import { placePaths } from "../../../src/contract/user/place-paths.ts";

function placed(document: JsonObject) {
  const findings: string[] = [];
  const result = placePaths(
    document,
    (pointer, message, kind) => void findings.push(`${kind} ${pointer.join(".")}: ${message}`),
  );
  return { paths: Object(result.document["paths"]), toWritten: result.toWritten, findings };
}

const V1 = { servers: [{ url: "https://api.example.com/v1" }] };
const files = (more: JsonObject = {}) => ({ servers: [{ url: "https://api.example.com/files" }], ...more });

describe("the paths that clients call", () => {
  it("begin with the path of the nearest servers", () => {
    const { paths, findings } = placed({
      ...V1,
      paths: {
        "/a": { get: {}, summary: "A" },
        "/up": files({ post: {} }),
        "/both": { parameters: [1], get: {}, post: files({ operationId: "b" }), delete: files() },
        "x-note": { get: {} },
      },
    });
    expect(findings).toEqual([]);
    expect(paths).toEqual({
      "/v1/a": { get: {}, summary: "A" },
      "/files/up": { post: {} },
      "/v1/both": { parameters: [1], get: {} },
      "/files/both": { parameters: [1], post: { operationId: "b" }, delete: {} },
      "x-note": { get: {} },
    });
  });

  it("are found where they were written", () => {
    const { toWritten } = placed({ ...V1, paths: { "/both": { get: {}, post: files() }, "/v1/x": { get: {} } } });
    expect(toWritten(["paths", "/files/both", "post", "security"])).toEqual(["paths", "/both", "post", "security"]);
    expect(toWritten(["paths", "/v1/both"])).toEqual(["paths", "/both"]);
    expect(toWritten(["paths", "/v1/v1/x", "get"])).toEqual(["paths", "/v1/x", "get"]);
    expect(toWritten(["paths"])).toEqual(["paths"]);
    expect(toWritten(["components", "schemas"])).toEqual(["components", "schemas"]);
  });

  it("may meet, but not with one method or with parameters for all", () => {
    const other = { servers: [{ url: "/" }], get: {} };
    const met = placed({ ...V1, paths: { "/v1/a": other, "/a": { put: {} } } });
    expect(met.paths["/v1/a"]).toEqual({ get: {}, put: {} });
    expect(met.findings).toEqual([]);
    expect(met.toWritten(["paths", "/v1/a", "put"])).toEqual(["paths", "/a", "put"]);
    for (const item of [{ get: {} }, { put: {}, parameters: [] }, { $ref: "#/components/pathItems/A" }]) {
      const components = { pathItems: { A: {} } };
      expect(placed({ ...V1, components, paths: { "/v1/a": other, "/a": item } }).findings).toEqual([
        "path paths./a: /v1/a is in paths twice, with the paths of its servers: put its operations together",
      ]);
    }
  });

  it("of a shared path item have the path of its servers", () => {
    const components = { pathItems: { Up: files({ get: {} }) } };
    const shared = placePaths({ ...V1, components, paths: { "/up": { $ref: "#/components/pathItems/Up" } } }, () => {});
    expect(shared.document).toMatchObject({ paths: { "/files/up": { $ref: "#/components/pathItems/Up" } } });
    expect(shared.document["components"]).toEqual({ pathItems: { Up: { get: {} } } });
  });
});

describe("what is reported of servers", () => {
  it("are different paths, of which the first is used", () => {
    const servers = [{ url: "/v1" }, { url: "https://a.example" }, { url: "//b.example/v1/" }];
    const { paths, findings } = placed({ servers, paths: { "/a": {} } });
    expect(Object.keys(paths)).toEqual(["/v1/a"]);
    expect(findings).toEqual([
      expect.stringMatching(
        /^servers-differ servers: the servers have different paths: \/v1, that of the first one, is used, not no path/,
      ),
    ]);
  });

  it("is a host of its own, unless the operations name their upstream", () => {
    const servers = [{ url: "https://uploads.example.com" }];
    expect(placed({ ...V1, paths: { "/up": { servers, get: {} } } }).findings).toEqual([
      expect.stringMatching(/^other-server paths\.\/up\.servers: the server uploads\.example\.com is not one of/),
    ]);
    const own = { servers, get: { "x-latchkey": { upstream: "http://127.0.0.1:7000" } } };
    expect(placed({ ...V1, paths: { "/up": own } }).findings).toEqual([]);
  });

  it("is a path with a variable that has no default", () => {
    expect(placed({ servers: [{ url: "https://a.example/{base}" }], paths: {} }).findings).toEqual([
      "server servers: the path /{base} has a variable without a default: add one",
    ]);
  });
});
