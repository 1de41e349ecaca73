import { describe, expect, it } from "@jest/globals";
import { createToClientUrl } from "../../../src/gateway/headers/client-urls.ts";

describe("a URL of an upstream, for the client", () => {
  const atRoot = createToClientUrl(new URL("http://127.0.0.1:5000"));
  it.each([
    ["http://127.0.0.1:5000/items/3?a=b#c", "/items/3?a=b#c"],
    ["HTTPS://127.0.0.1:5000/items/%2e", "/items/%2e"],
    ["//127.0.0.1:5000/items", "/items"],
    ["http://127.0.0.1:5000", "/"],
    ["http://127.0.0.1:5000?a", "/?a"],
    ["/items/3", "/items/3"],
    ["../3", "../3"],
    ["https://login.example/authorize?next=http://127.0.0.1:5000/", undefined],
    ["http://127.0.0.1:5001/items", undefined],
    ["http://127.0.0.1:5000.evil.example/", undefined],
    ["http://evil.example@127.0.0.1:5001/", undefined],
    ["mailto:a@b.example", undefined],
    // Without its host it would lead to another site.
    ["http://127.0.0.1:5000//evil.example/", undefined],
    ["http://127.0.0.1:5000/\\evil.example/", undefined],
    ["http://[", undefined],
  ])("%s is %s", (url, expected = url) => {
    expect(atRoot(url)).toBe(expected);
  });

  const below = createToClientUrl(new URL("http://api.internal/base/"));
  it.each([
    ["http://api.internal:80/base/items", "/items"],
    ["http://API.internal/base", "/"],
    ["/base/items?a", "/items?a"],
    ["/base?a", "/?a"],
    ["/basement", undefined],
    ["http://api.internal/other", undefined],
    ["/other", undefined],
    ["/base//evil.example", undefined],
  ])("loses the path in front of the gateway's: %s is %s", (url, expected = url) => {
    expect(below(url)).toBe(expected);
  });
});
