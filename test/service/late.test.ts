import { afterAll, expect, it } from "@jest/globals";
import { loadDocument } from "../../src/contract/document/load.ts";
import { digestOf } from "../../src/keys/digest.ts";
import { composeKey, RANDOM_LENGTH } from "../../src/keys/format.ts";
import type { ApiKey } from "../../src/keys/key.ts";
import { aKey, NOON } from "../support/builders.ts";
import { modelOf } from "../support/model/models.ts";
import { type PairedService, pairedServices } from "../support/model/paired-services.ts";

const SECRET = composeKey("lk", "live", "a".repeat(RANDOM_LENGTH));

const closing: PairedService[] = [];
afterAll(() => {
  for (const twin of closing) twin.close();
});

it("a key that is revoked while its request waits for limits is refused when the body has arrived", async () => {
  const key: { -readonly [Name in keyof ApiKey]: ApiKey[Name] } = aKey({
    digest: digestOf(SECRET),
    scopes: ["items:write"],
  });
  const whenCharged = () => {
    key.revokedAt = NOON;
  };
  const both = await pairedServices(
    modelOf(loadDocument(new URL("../contract/judge/rich.yaml", import.meta.url))),
    new Map([[SECRET, key]]),
    {
      whenCharged,
    },
  );
  const body = '{"name":"x"}';
  const head = `PUT /items/1 HTTP/1.1\r\nHost: a\r\nX-API-Key: ${SECRET}\r\nContent-Type: application/json`;
  const request = `${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  closing.push(...both);
  for (const twin of both) {
    key.revokedAt = null;
    const { response, calls } = await twin.exchange(
      request,
      { kind: "now", reply: { status: 200, body: { id: 1 } } },
      0,
    );
    expect(response).toContain('"code":"key-revoked"');
    expect(calls).toEqual([]);
  }
});
