import { describe, expect, it } from "@jest/globals";
import { asRecord, type JsonObject } from "../../../src/contract/document/json.ts";
import { withGettingStarted } from "../../../src/http/pages/getting-started.ts";
import { DOCUMENT } from "../../support/model/declared.ts";

const KEY = [{ ApiKey: [] }];
const get = (operation: JsonObject) => ({ get: { operationId: "getIt", security: KEY, ...operation } });
const wordsOf = (document: JsonObject) => String(asRecord(withGettingStarted(document)["info"])["description"]);

describe("the way to the first call", () => {
  it("stands before what the contract says of itself, and names its first operation that needs a key", () => {
    const words = wordsOf(DOCUMENT);
    expect(words).toMatch(/^\*\*The first call in a minute\*\*/);
    expect(words).toContain("such as `GET /data`");
    expect(words.endsWith(String(asRecord(DOCUMENT["info"])["description"]))).toBe(true);
  });

  it("names none that is public, changes something, or needs more than a key", () => {
    const id = { name: "id", in: "query", required: true, schema: { type: "string" } };
    const paths = {
      "/public": get({ security: [] }),
      "/passed": get({ "x-latchkey": { security: "passthrough" } }),
      "/more": get({ parameters: [id] }),
      "/change": { post: { operationId: "change", security: KEY } },
    };
    expect(wordsOf({ paths })).toContain("2. Open an operation; press");
    expect(wordsOf({ paths: { ...paths, "/easy": get({ parameters: [{ ...id, required: false }] }) } })).toContain(
      "such as `GET /easy`",
    );
  });
});
