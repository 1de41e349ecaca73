import { describe, expect, it } from "@jest/globals";
import { createRoutes } from "../../../../src/contract/model/paths/routes.ts";
import { operationsOf } from "../../../support/model/models.ts";

/** The rivals of the operation for GET `path`. Operations are paths with the scope they need; without one they are public. */
function rivalsAt(path: string, contract: Readonly<Record<string, string>>): unknown {
  const paths = Object.fromEntries(
    Object.entries(contract).map(([template, scope]) => [
      template,
      { get: { operationId: template, security: scope === "" ? [] : [{ Key: [scope] }] } },
    ]),
  );
  const securitySchemes = { Key: { type: "apiKey", in: "header", name: "X-Key" } };
  const found = createRoutes(operationsOf({ paths, components: { securitySchemes } })).match("GET", path);
  return found.kind === "matched" ? { at: found.operation.id, rivals: found.rivals.map(({ id }) => id) } : found.kind;
}

const ITEMS = { "/items/{id}": "read", "/items/mine": "admin", "/items/{id}:archive": "admin" };

describe("a path in which another program may find another operation", () => {
  it.each([
    ["in upper case, as for Express", "/items/MINE", "/items/mine"],
    ["in upper case that is encoded", "/items/%4dine", "/items/mine"],
    ["in letters that have one upper case", "/items/m%C4%B1ne", "/items/mine"],
    ["with a format, as for Rails", "/items/mine.json", "/items/mine"],
    ["with a dot at the end, as for Windows", "/items/mine.", "/items/mine"],
    ["with a blank at the end", "/items/mine%20", "/items/mine"],
    ["with an encoded dot", "/items/Mine%2Exml", "/items/mine"],
    ["beside a parameter", "/items/5:Archive", "/items/{id}:archive"],
    ["beside a parameter, with a format", "/items/5:archive.json", "/items/{id}:archive"],
  ])("has a rival %s: %s", (_, path, rival) => {
    expect(rivalsAt(path, ITEMS)).toEqual({ at: "/items/{id}", rivals: [rival] });
  });

  it.each(["/items/5", "/items/mines", "/items/my.mine", "/items/json", "/items/archive", "/items/a.b.c"])(
    "has none that is unlike: %s",
    (path) => expect(rivalsAt(path, ITEMS)).toEqual({ at: "/items/{id}", rivals: [] }),
  );

  it("has none where the texts of the contract match", () => {
    expect(rivalsAt("/items/mine", ITEMS)).toEqual({ at: "/items/mine", rivals: [] });
    expect(rivalsAt("/items/5:archive", ITEMS)).toEqual({ at: "/items/{id}:archive", rivals: [] });
  });

  it("has none that needs the same key, or none", () => {
    expect(rivalsAt("/items/MINE", { "/items/{id}": "read", "/items/mine": "read" })).toMatchObject({ rivals: [] });
    expect(rivalsAt("/items/MINE", { "/items/{id}": "read", "/items/mine": "" })).toMatchObject({ rivals: [] });
    expect(rivalsAt("/items/MINE", { "/items/{id}": "", "/items/mine": "read" })).toMatchObject({
      rivals: ["/items/mine"],
    });
  });

  it("has one where two paths match, and neither has more text everywhere", () => {
    const crossed = { "/x/{a}/c": "read", "/{b}/y/c": "admin" };
    expect(rivalsAt("/x/y/c", crossed)).toEqual({ at: "/x/{a}/c", rivals: ["/{b}/y/c"] });
    expect(rivalsAt("/x/Y/c", crossed)).toEqual({ at: "/x/{a}/c", rivals: ["/{b}/y/c"] });
    expect(rivalsAt("/x/z/c", crossed)).toEqual({ at: "/x/{a}/c", rivals: [] });
    const mixed = { "/{name}.{type}": "read", "/{owner}-{repo}": "admin" };
    expect(rivalsAt("/a-b.c", mixed)).toMatchObject({ rivals: [expect.any(String)] });
    expect(rivalsAt("/ab.c", mixed)).toMatchObject({ rivals: [] });
  });

  it("has one where the end that a program cuts makes two parameters", () => {
    const files = { "/{name}.{type}": "read", "/readme": "admin" };
    expect(rivalsAt("/readme.md", files)).toEqual({ at: "/{name}.{type}", rivals: ["/readme"] });
  });

  it("has none with less text", () => {
    const nested = { "/s/{id}/branch/{x}": "read", "/s/{a}/{b}/{c}": "admin" };
    expect(rivalsAt("/s/1/branch/2", nested)).toEqual({ at: "/s/{id}/branch/{x}", rivals: [] });
    expect(rivalsAt("/s/1/BRANCH/2", { ...nested, "/s/{a}/{b}/{c}": "" })).toEqual({
      at: "/s/{a}/{b}/{c}",
      rivals: ["/s/{id}/branch/{x}"],
    });
  });

  it("has none that no other program sees", () => {
    const securitySchemes = { Key: { type: "apiKey", in: "header", name: "X-Key" } };
    const get = (operationId: string, security: unknown) => ({ get: { operationId, security, responses: {} } });
    const operations = operationsOf({
      paths: { "/{area}/keys": get("area", []), "/v1/keys": get("keys", [{ Key: ["keys:read"] }]) },
      components: { securitySchemes },
    });
    const forwarded = operations.filter(({ id }) => id === "area");
    expect(createRoutes(operations, forwarded).match("GET", "/V1/keys")).toMatchObject({ rivals: [] });
    expect(createRoutes(operations).match("GET", "/V1/keys")).toMatchObject({ rivals: [{ id: "keys" }] });
  });
});
