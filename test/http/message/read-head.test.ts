import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { createReadHead } from "../../../src/http/message/read-head.ts";

const readHead = createReadHead({
  Key: { in: "header", name: "x-api-key" },
  Query: { in: "query", name: "api_key" },
});

/** @param version of HTTP, as major and minor. */
function read(lines: readonly (readonly [string, string])[], [major, minor] = [1, 1]) {
  const rawHeaders = lines.flat();
  return readHead({ rawHeaders, httpVersionMajor: major, httpVersionMinor: minor } as IncomingMessage);
}

const HOST = ["Host", "example.com"] as const;
const KEY = ["X-Api-Key", "k"] as const;

describe("an ordinary head", () => {
  it("is read, in any spelling of its names, and other headers are ignored", () => {
    const length = ["content-LENGTH", "12"] as const;
    const others = [
      ["User-Agent", "x"],
      ["Cookie", "a=b"],
      ["Accept", "*/*"],
      ["Content-Type", "application/json"],
      ["Origin", "https://a.example"],
      ["Authorization", "Bearer t"],
    ] as const;
    expect(read([HOST, KEY, length, ...others])).toEqual({
      carrier: "x-api-key",
      key: "k",
      accept: "*/*",
      contentType: "application/json",
      contentLength: 12,
      origin: "https://a.example",
      authorization: "Bearer t",
    });
  });

  it("has no Authorization where the contract takes keys from it", () => {
    const readKey = createReadHead({ Key: { in: "header", name: "authorization" } });
    const lines = [...HOST, "Authorization", "k"];
    expect(readKey({ rawHeaders: lines, httpVersionMajor: 1, httpVersionMinor: 1 } as IncomingMessage)).toBeUndefined();
  });

  it("is read alike when more names and hosts have come than are remembered", () => {
    for (let count = 0; count < 1_200; count++)
      read([
        ["Host", `h${count}.example`],
        [`X-Odd-${count}`, "1"],
      ]);
    const long = "x".repeat(200);
    expect(read([["Host", `${long}.example`], [long, "1"], KEY])).toMatchObject({ key: "k" });
    expect(read([HOST, ["TRANSFER-encoding", "chunked"]])).toBeUndefined();
  });

  it("may have no key", () => {
    expect(read([HOST])).toMatchObject({ carrier: "", key: "", contentLength: 0 });
  });
});

describe("the stages have to look at all of a head", () => {
  it.each([
    ["without a host", [KEY]],
    ["with two hosts", [HOST, HOST]],
    ["with an invalid host", [["Host", "a/b"]]],
    ["with two keys", [HOST, KEY, KEY]],
    ["with an empty key", [HOST, ["X-Api-Key", ""]]],
    ["with two credentials", [HOST, ["authorization", "Bearer k"], ["Authorization", "Bearer k"]]],
    ["with a body of unknown length", [HOST, ["Transfer-Encoding", "chunked"]]],
    ["with two lengths", [HOST, ["Content-Length", "1"], ["Content-Length", "1"]]],
    ["with an ambiguous length", [HOST, ["Content-Length", "012"]]],
    ["with a length of zero", [HOST, ["Content-Length", "0"]]],
    ["with an encoded body", [HOST, ["Content-Encoding", "gzip"]]],
    ["with expectations", [HOST, ["Expect", "100-continue"]]],
    ["with two origins", [HOST, ["Origin", "https://a.example"], ["Origin", "https://a.example"]]],
    ["with two media types", [HOST, ["Content-Type", "a/b"], ["Content-Type", "a/b"]]],
  ] as const)("%s", (_case, lines) => {
    expect(read(lines)).toBeUndefined();
  });

  it.each([
    [1, 0],
    [2, 0],
  ])("of HTTP %i.%i", (...version) => {
    expect(read([HOST, KEY], version)).toBeUndefined();
    expect(read([HOST, KEY])).toBeDefined();
  });
});
