import { describe, expect, it } from "@jest/globals";
import { serverPathsOf } from "../../../src/contract/user/server-path.ts";

describe("the path of a server", () => {
  it.each([
    ["/", ""],
    ["/v1", "/v1"],
    ["/v1/", "/v1"],
    ["", ""],
    ["v2", "/v2"],
    ["./v2", "/v2"],
    ["../api/v2/", "/api/v2"],
    ["https://api.example.com", ""],
    ["https://api.example.com/", ""],
    ["https://api.example.com/api/v3/", "/api/v3"],
    ["https://api.example.com:8443/v1?x=1#y", "/v1"],
    ["//cdn.example.com/v1/", "/v1"],
    ["http://localhost:8080/v1", "/v1"],
    ["api.example.com/v1", "/v1"],
    ["localhost:8080/v1", "/v1"],
    ["<local-terminal-IP-address>", ""],
    ["https://api.example.com/a//b/../c/./", "/a/c"],
  ])("of %s is %j", (url, path) => {
    expect(serverPathsOf([{ url }])).toMatchObject({ first: path, all: [path] });
  });

  it("has the defaults of its variables", () => {
    const url = "https://{region}.api.example.com:{port}/{base}/v3";
    const variables = { region: { default: "eu" }, port: { default: "443" }, base: { default: "rest" } };
    expect(serverPathsOf([{ url, variables }])).toEqual({
      first: "/rest/v3",
      all: ["/rest/v3"],
      hosts: ["eu.api.example.com:443"],
    });
    const joined = { url: "https://api.example.com{basePath}", variables: { basePath: { default: "/commerce/v1" } } };
    expect(serverPathsOf([joined]).first).toBe("/commerce/v1");
  });

  it("is empty without servers", () => {
    expect(serverPathsOf(undefined)).toEqual({ first: "", all: [], hosts: [] });
  });
});
