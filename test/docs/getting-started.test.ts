import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { callsIn, itWithCurl, readPage, runCurl, shownCalls } from "../support/pages/documented-curl.ts";
import { startLatchkey } from "../support/process/child.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { anUpstream } from "../support/upstream.ts";

const [SECTION = ""] = /^## Put it in front of your API\n[\s\S]*?(?=^## )/m.exec(readPage("README.md")) ?? [];
const [, BLOCK = ""] = /```sh\n([\s\S]*?)```/.exec(SECTION) ?? [];

/** As a framework may generate it: OpenAPI 3.0, nothing about keys, no bounds. */
const CONTRACT = `openapi: 3.0.3
info: { title: Shop, version: "1" }
paths:
  /orders:
    get:
      responses: { "200": { description: OK, content: { application/json: { schema: { type: array, items: {} } } } } }
`;

const folder = temporaryFolder();
const upstream = anUpstream();
let port = 0;
let key = "";

beforeAll(async () => {
  writeFileSync(join(folder, "your-openapi.yaml"), CONTRACT);
  upstream.respondWith((_req, res) => void res.setHeader("Content-Type", "application/json").end('[{"id":1}]'));
});

/** The words of a documented command, with the files of this test in place of the reader's. */
const wordsOf = (command: string) =>
  command
    .split(" ")
    .map((word) => (word.endsWith(".yaml") ? join(folder, word) : word.replace("http://127.0.0.1:5000", upstream.url)));

describe("getting started, as the README says", () => {
  it("takes three commands", async () => {
    const [install, init = "", start = "", ...others] = BLOCK.trim().split("\n");
    expect([install, others]).toEqual(["npm ci", []]);

    const DATABASE_URL = `sqlite:${join(folder, "latchkey.db")}`;
    const prepared = startLatchkey(wordsOf(init.replace("npm run -s latchkey -- ", "")), { DATABASE_URL });
    expect(await prepared.ended).toMatchObject({ code: 0, err: "" });

    const service = startLatchkey(["serve", ...wordsOf(start.replace("npm start -- ", ""))], {
      DATABASE_URL,
      PORT: "0",
    });
    const [, found = ""] = await service.out.until(/"url":"http:\/\/127\.0\.0\.1:(\d+)"/);
    port = Number(found);
    const words = "keys create --client demo --create-client --scope orders:read --json".split(" ");
    const LATCHKEY_CONTRACT = join(folder, "contract.yaml");
    const created = startLatchkey(words, { DATABASE_URL, LATCHKEY_CONTRACT });
    key = JSON.parse((await created.ended).out).secret;
  });

  itWithCurl("ends with a refused call and an admitted one", async () => {
    const shown = shownCalls(SECTION);
    expect(shown).toHaveLength(2);
    expect(shown).toHaveLength(callsIn(SECTION).length);
    for (const [call, output] of shown) expect(await runCurl(call, { port, key })).toBe(output);
    expect(upstream.recorded).toMatchObject([{ url: "/orders" }]);
  });
});
