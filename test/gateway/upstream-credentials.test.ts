import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { createLog } from "../../src/lib/log/log.ts";
import { serve } from "../../src/service/start.ts";
import { SecretsUnusable } from "../../src/service/upstream/upstream-credentials.ts";
import { aService, someConfig } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { anUpstream } from "../support/upstream.ts";

const [TOKEN, PASSWORD, RENEWED] = ["t0ken-of-the-upstream", "s3cret in a file", "an0ther secret"];

const HEADERS = "{ Authorization: 'Bearer $[BILLING_TOKEN]', X-Billing-Key: '$[BILLING_KEY]' }";

const contractWith = (headers: string) => `openapi: 3.1.1
info: { title: Billing, version: 1.0.0 }
x-latchkey: { upstream: { headers: ${headers} } }
paths:
  /bills:
    get: { operationId: listBills, security: [{ Key: [] }], responses: { '200': { description: d } } }
    trace: { operationId: traceBills, security: [{ Key: [] }], responses: { '200': { description: d } } }
  /open: { get: { operationId: getOpen, security: [], responses: { '200': { description: d } } } }
  /elsewhere:
    get:
      operationId: getElsewhere
      security: []
      x-latchkey: { upstream: OTHER }
      responses: { '200': { description: d } }
  /own:
    get:
      operationId: getOwn
      security: []
      x-latchkey: { upstream: { url: OTHER, headers: { X-Own: 'a$[BILLING_TOKEN]z' } } }
      responses: { '200': { description: d } }
  /more:
    get:
      operationId: getMore
      security: []
      x-latchkey: { upstream: { headers: { X-Own: '$[BILLING_TOKEN]' } } }
      responses: { '200': { description: d } }
components:
  securitySchemes: { Key: { type: apiKey, in: header, name: X-Key } }
`;

/** The contract with `${NAME}` for each `$[NAME]`. */
const toText = (headers: string) =>
  contractWith(headers)
    .replaceAll("OTHER", other.url)
    .replaceAll(/\$\[(\w+)\]/g, "$${$1}");

const upstream = anUpstream();
const other = anUpstream();
const folder = temporaryFolder();
const secretFile = join(folder, "secret");

function settingsFor(headers: string, secrets: Readonly<Record<string, string>>) {
  const path = join(folder, `${Object.keys(secrets).length}${headers.length}.yaml`);
  writeFileSync(path, toText(headers));
  return { LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: upstream.url, ...secrets };
}

const service = aService(() => {
  writeFileSync(secretFile, `${PASSWORD}\n`);
  return settingsFor(HEADERS, { BILLING_TOKEN: TOKEN, BILLING_KEY_FILE: secretFile });
});

/** The same, where the upstream decides about CORS. */
const handed = aService(() => {
  const path = join(folder, "handed.yaml");
  writeFileSync(path, toText(HEADERS).replace("x-latchkey: { ", "x-latchkey: { cors: upstream, "));
  return { LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: upstream.url, BILLING_TOKEN: TOKEN, BILLING_KEY: PASSWORD };
});

beforeEach(() => {
  upstream.forget();
  other.forget();
});

/** The lines that the upstream got, in lower case and by name. */
function linesOf(name: string): readonly string[] {
  const { rawHeaders } = upstream.last();
  return rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === name && index % 2 === 1);
}

describe("the credentials of an upstream", () => {
  it("are in every request to it", async () => {
    await request(service.url).get("/open").expect(200);
    expect(upstream.last().headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, "x-billing-key": PASSWORD });
  });

  it("never come from the caller, however the header is spelled", async () => {
    const { secret } = await service.issue({ scopes: [] });
    const headers = {
      "X-Key": secret,
      Authorization: "Bearer eyJh.e30.x",
      "X-BILLING-key": "mine",
      x_billing_key: "mine",
    };
    await request(service.url).get("/bills").set(headers).expect(200);
    expect(linesOf("authorization")).toEqual([`Bearer ${TOKEN}`]);
    expect(linesOf("x-billing-key")).toEqual([PASSWORD]);
    expect(JSON.stringify(upstream.last().rawHeaders)).not.toContain("mine");
  });

  it("are not sent to another upstream, which has its own", async () => {
    await request(service.url).get("/elsewhere").expect(200);
    expect(other.last().headers).not.toHaveProperty("authorization");
    await request(service.url).get("/own").expect(200);
    expect(other.last().headers).toMatchObject({ "x-own": `a${TOKEN}z` });
    expect(other.last().headers).not.toHaveProperty("x-billing-key");
    await request(service.url).get("/more").expect(200);
    expect(upstream.last().headers).toMatchObject({ "x-own": TOKEN, "x-billing-key": PASSWORD });
  });

  it("are not sent with TRACE, whose response would show them", async () => {
    const { secret } = await service.issue({ scopes: [] });
    await request(service.url).trace("/bills").set("X-Key", secret);
    for (const { headers } of upstream.recorded) expect(headers).not.toHaveProperty("authorization");
  });

  it("are not sent with preflights, and not taken from the client there", async () => {
    const preflight = {
      Origin: "https://app.example",
      "Access-Control-Request-Method": "GET",
      "X-Billing-Key": "mine",
    };
    await request(handed.url).options("/bills").set(preflight).expect(200);
    expect(upstream.last()).toMatchObject({ method: "OPTIONS", url: "/bills" });
    for (const name of ["authorization", "x-billing-key"]) expect(upstream.last().headers).not.toHaveProperty(name);
  });

  it("are in no page and no log line, and neither are their names or the address of an upstream", async () => {
    await request(service.url).get("/open").expect(200);
    const { secret } = await service.issue({ scopes: [] });
    for (const path of ["/openapi.json", "/openapi.yaml", "/docs/openapi.json"]) {
      for (const headers of [{}, { "X-Key": secret }]) {
        const { text } = await request(service.url).get(path).set(headers).expect(200);
        for (const hidden of [TOKEN, PASSWORD, "BILLING_TOKEN", "X-Billing-Key", other.url])
          expect(text).not.toContain(hidden);
      }
    }
    const lines = JSON.stringify(service.logged());
    for (const hidden of [TOKEN, PASSWORD]) expect(lines).not.toContain(hidden);
  });

  it("are read again from files on request, and kept while a file cannot be used", async () => {
    writeFileSync(secretFile, RENEWED);
    service.running.reload();
    await request(service.url).get("/open").expect(200);
    expect(linesOf("x-billing-key")).toEqual([RENEWED]);
    for (const bad of ["", "two\nlines", " "]) {
      writeFileSync(secretFile, bad);
      service.running.reload();
      await request(service.url).get("/open").expect(200);
      expect(linesOf("x-billing-key")).toEqual([RENEWED]);
    }
    expect(service.logged()).toContainEqual(
      expect.objectContaining({
        msg: "secrets for the upstream not reloaded",
        reason: expect.stringMatching(/^BILLING_KEY is empty/),
      }),
    );
  });
});

describe("a start without the credentials of an upstream", () => {
  let refusal: (secrets: Readonly<Record<string, string>>) => Promise<unknown>;

  beforeAll(() => {
    const log = createLog({ level: "silent", secrets: /x{9}/g, destination: { write: () => {} } });
    refusal = async (secrets) => {
      try {
        const running = await serve(someConfig(settingsFor(HEADERS, secrets)), log);
        await running.stop({ isHurried: true });
        return undefined;
      } catch (error) {
        return error;
      }
    };
  });

  it("names every secret that is missing", async () => {
    const error = await refusal({});
    expect(error).toBeInstanceOf(SecretsUnusable);
    expect((error as Error).message.split("\n")).toEqual([
      expect.stringMatching(/^BILLING_TOKEN is not set, .*: set BILLING_TOKEN, or BILLING_TOKEN_FILE to the path/),
      expect.stringMatching(/^BILLING_KEY is not set/),
    ]);
  });

  it("tells of a file that cannot be read, and of a secret that no header can contain, without showing it", async () => {
    const secrets = { BILLING_TOKEN: "a\r\nX-Admin: 1", BILLING_KEY_FILE: join(folder, "none") };
    const { message } = (await refusal(secrets)) as Error;
    expect(message.split("\n")).toEqual([
      "BILLING_TOKEN is empty, or has characters that a header cannot contain: correct it.",
      expect.stringMatching(/^BILLING_KEY_FILE: .*none cannot be read \(ENOENT\)/),
    ]);
  });
});
