import { describe, expect, it } from "@jest/globals";
import { checkOptions } from "../../packages/client/src/options.ts";

const GOOD = { baseUrl: "https://api.example.com/v2", key: "lk_live_abc" };
const check = (options: object) => checkOptions({ ...GOOD, ...options });
const complaint = (options: object): string => {
  try {
    check(options);
  } catch (error) {
    return error instanceof TypeError ? error.message : `not a TypeError: ${error}`;
  }
  return "";
};

describe("the options of a client", () => {
  it("need no more than where the service is, and the key", () => {
    expect(check({})).toMatchObject({ origin: "https://api.example.com", keyHeader: "x-api-key", attempts: 4 });
  });

  it.each([
    ["https://api.example.com"],
    ["https://api.example.com:8443/base/"],
    ["http://localhost:8080"],
    ["http://api.localhost"],
    ["http://127.0.0.1:8080"],
    ["http://127.8.9.10"],
    ["http://[::1]:8080"],
  ])("accept %s", (baseUrl) => expect(complaint({ baseUrl })).toBe(""));

  it.each([
    ["http://api.example.com"],
    ["http://127.0.0.1.example.com"],
    ["http://localhost.example.com"],
    ["http://notlocalhost"],
    ["http://10.0.0.1"],
    ["http://[::2]"],
    ["//api.example.com"],
    ["api.example.com"],
    ["/"],
    ["ftp://localhost"],
    ["https://user@api.example.com"],
    ["https://:secret@api.example.com"],
    ["https://api.example.com?a=b"],
    ["https://api.example.com#a"],
    [""],
  ])("refuse %s", (baseUrl) => {
    expect(complaint({ baseUrl })).toBe(
      "baseUrl must be a plain https:// URL; http:// is for this machine, or for dangerouslyAllowHttp: true.",
    );
  });

  it("allow clear text elsewhere on request, and nothing else", () => {
    expect(complaint({ baseUrl: "http://api.example.com", dangerouslyAllowHttp: true })).toBe("");
    expect(complaint({ baseUrl: "ftp://api.example.com", dangerouslyAllowHttp: true })).toMatch(/^baseUrl must/);
    expect(complaint({ baseUrl: "http://api.example.com", dangerouslyAllowHttp: "false" })).toMatch(
      /must be of type boolean/,
    );
  });

  it("ask whether a variable is set if there is no key", () => {
    expect(complaint({ key: undefined })).toMatch(/^key must be of type string; is it set\?/);
  });

  it.each([[""], ["lk live"], ["lk_live\r\nx-evil: 1"], ["lk_live_ä"], ['lk"live']])(
    "refuse the key %j without repeating it",
    (key) => {
      expect(complaint({ key })).toBe("key must be the text of an API key.");
    },
  );

  it.each([
    [{ attempts: 0 }, "attempts must be from 1 to 10."],
    [{ attempts: 11 }, "attempts must be from 1 to 10."],
    [{ attempts: Number.NaN }, "attempts must be from 1 to 10."],
    [{ attempts: "3" }, "attempts must be of type number; is it set?"],
    [{ longestWaitMs: -1 }, "longestWaitMs must be from 0 to 86400000."],
    [{ longestWaitMs: Number.POSITIVE_INFINITY }, "longestWaitMs must be from 0 to 86400000."],
    [{ keyHeader: "x api key" }, "keyHeader must be the name of a header."],
    [{ keyHeader: undefined }, "keyHeader must be of type string; is it set?"],
    [{ fetch: "fetch" }, "fetch must be of type function; is it set?"],
    [{ warn: null }, "warn must be of type function; is it set?"],
    [{ clock: () => 0 }, "clock must be of type object; is it set?"],
    [{ apiKey: "lk_live_secret" }, "apiKey is not a known option."],
  ])("refuse %j", (options, words) => expect(complaint(options)).toContain(words));

  it("are all checked, and every mistake is reported at once, without a value", () => {
    const message = complaint({ baseUrl: "http://shop.example", key: "not a key", retries: 3, attempts: 99 });
    for (const name of ["baseUrl", "key", "retries", "attempts"]) expect(message).toContain(`${name} `);
    for (const value of ["shop.example", "not a key", "99"]) expect(message).not.toContain(value);
  });
});
