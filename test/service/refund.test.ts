import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { loadDocument } from "../../src/contract/document/load.ts";
import { digestOf } from "../../src/keys/digest.ts";
import { composeKey, RANDOM_LENGTH } from "../../src/keys/format.ts";
import { aKey } from "../support/builders.ts";
import { modelOf } from "../support/model/models.ts";
import { type HandlerBehaviour, type PairedService, pairedServices } from "../support/model/paired-services.ts";

const SECRET = composeKey("lk", "live", "a".repeat(RANDOM_LENGTH));
const BODY = '{"name":"x"}';
const HEAD = `HTTP/1.1\r\nHost: a\r\nX-API-Key: ${SECRET}\r\n`;
const GET = `GET /items/1 ${HEAD}\r\n`;
const PUT = `PUT /items/1 ${HEAD}Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;
const FINE: HandlerBehaviour = { kind: "now", reply: { status: 200, body: { id: 1 } } };
const BURST = 500;

let both: readonly PairedService[] = [];
beforeAll(async () => {
  const key = aKey({ digest: digestOf(SECRET), scopes: ["items:read", "items:write"] });
  both = await pairedServices(
    modelOf(loadDocument(new URL("../contract/judge/rich.yaml", import.meta.url))),
    new Map([[SECRET, key]]),
  );
});
afterAll(() => {
  for (const twin of both) twin.close();
});

/** What a request whose handler does `behaviour` has cost in the end, by the limit and in the usage. */
async function costOf(twin: PairedService, request: string, behaviour: HandlerBehaviour) {
  // The limit is full again after this.
  await twin.exchange(GET, FINE, 10_000);
  const { response, usage } = await twin.exchange(request, behaviour, 10_000);
  const { response: next } = await twin.exchange(GET, FINE, 0);
  const [, left] = /"perKey";r=(\d+)/.exec(next) ?? [];
  const counted = (usage as { readonly rows: readonly { readonly cost: number }[] }).rows.map(({ cost }) => cost);
  return { status: Number(response.slice(9, 12)), taken: BURST - Number(left) - 1, counted };
}

describe("the cost of a request", () => {
  it.each<[string, string, HandlerBehaviour, object]>([
    ["is kept when its handler fails", PUT, { kind: "throw", reply: {} }, { status: 500, taken: 3, counted: [3] }],
    [
      "is kept when its reply does not match the contract",
      PUT,
      { kind: "later", reply: { status: 500, body: {} } },
      { status: 500, taken: 3, counted: [3] },
    ],
    [
      "is kept when its handler may have written and the store failed",
      PUT,
      { kind: "outage", reply: {} },
      { status: 503, taken: 3, counted: [3] },
    ],
    [
      "is given back when its handler only read and the store failed",
      GET,
      { kind: "outage", reply: {} },
      { status: 503, taken: 0, counted: [0] },
    ],
  ])("%s, with the compiled judge and without", async (_, request, behaviour, expected) => {
    for (const twin of both) expect(await costOf(twin, request, behaviour)).toEqual(expected);
  });
});
