import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { loadDocument } from "../../../src/contract/document/load.ts";
import { digestOf } from "../../../src/keys/digest.ts";
import { composeKey, RANDOM_LENGTH } from "../../../src/keys/format.ts";
import { aKey } from "../../support/builders.ts";
import { modelOf } from "../../support/model/models.ts";
import { type PairedService, pairedServices } from "../../support/model/paired-services.ts";
import { aService } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { anUpstream } from "../../support/upstream.ts";
import { aRequest, sendRaw } from "../../support/wire/raw.ts";

const CONTRACT = `openapi: 3.1.1
info: { title: Events, version: 1.0.0 }
servers: [{ url: / }]
paths:
  /events:
    get:
      operationId: listEvents
      security: [{ ApiKey: [events:read] }]
      parameters:
        - { name: since, in: query, schema: { type: string, format: date-time, maxLength: 40 } }
        - { name: account, in: query, schema: { type: string, pattern: '^([a-f0-9]{8}|[*])$', maxLength: 8 } }
        - { name: email, in: query, schema: { type: string, format: email, maxLength: 100 } }
        - { name: q, in: query, schema: { type: string, maxLength: 100 } }
        - { name: short, in: query, schema: { type: string, maxLength: 3 } }
        - { name: n, in: query, schema: { type: integer, minimum: 1, maximum: 9 } }
        - { name: callback, in: query, schema: { type: string, format: uri, maxLength: 200 } }
        - { name: tags, in: query, schema: { type: array, maxItems: 3, items: { type: string, maxLength: 9 } } }
        - { name: ids, in: query, explode: false, schema: { type: array, maxItems: 3, items: { type: string, maxLength: 9 } } }
        - { name: piped, in: query, style: pipeDelimited, explode: false, schema: { type: array, maxItems: 3, items: { type: string, maxLength: 9 } } }
        - { name: spaced, in: query, style: spaceDelimited, explode: false, schema: { type: array, maxItems: 3, items: { type: string, maxLength: 9 } } }
        - { name: filter, in: query, style: deepObject, schema: { type: object, additionalProperties: false, properties: { name: { type: string, maxLength: 9 }, at: { type: string, maxLength: 30 }, in: { type: object, additionalProperties: false, properties: { a: { type: string, maxLength: 2 }, b: { type: string, maxLength: 2 } } } } } }
        - { name: json, in: query, content: { application/json: { schema: { type: object, additionalProperties: false, properties: { a: { type: string, maxLength: 9 } } } } } }
        - { name: anyOfText, in: query, schema: { anyOf: [{ type: string, maxLength: 40 }, { type: string, format: date-time }] } }
        - { name: textOrObject, in: query, schema: { anyOf: [{ type: string, maxLength: 40 }, { type: object, additionalProperties: false, properties: { a: { type: string, maxLength: 9 }, b: { type: string, maxLength: 9 } } }] } }
        - { name: "list[]", in: query, schema: { type: array, maxItems: 2, items: { type: string, maxLength: 9 } } }
        - { name: "page[size]", in: query, schema: { type: integer, minimum: 1, maximum: 9 } }
        - { name: X-Tags, in: header, schema: { type: array, maxItems: 2, items: { type: string, maxLength: 9 } } }
        - { name: X-Words, in: header, explode: true, schema: { type: array, maxItems: 2, items: { type: string, maxLength: 9 } } }
        - { name: X-Json, in: header, content: { application/json: { schema: { maxLength: 100 } } } }
      responses: { '200': { description: Events., content: { application/json: { schema: { type: object } } } } }
  /words/{words}:
    get:
      operationId: getWords
      security: [{ ApiKey: [events:read] }]
      parameters: [{ name: words, in: path, required: true, schema: { type: array, maxItems: 2, items: { type: string, maxLength: 3 } } }]
      responses: { '200': { description: Words., content: { application/json: { schema: { type: object } } } } }
components:
  securitySchemes:
    ApiKey: { type: apiKey, in: header, name: X-API-Key, x-scopes: { events:read: a } }
`;

const folder = temporaryFolder();
const upstream = anUpstream();
const settings = () => {
  const path = join(folder, "events.yaml");
  writeFileSync(path, CONTRACT);
  return { LATCHKEY_CONTRACT: path, LATCHKEY_LENIENT: "true", LATCHKEY_UPSTREAM: upstream.url };
};
const service = aService(settings);
let secret = "";
beforeAll(async () => {
  ({ secret } = await service.issue({ scopes: ["events:read"] }));
});
beforeEach(() => upstream.forget());

const send = (query: string) => sendRaw(service.port, aRequest(`/events?${query}`, [`x-api-key: ${secret}`]));
const ask = (query: string) =>
  sendRaw(
    service.port,
    aRequest("/v1/authorize", [`x-api-key: ${secret}`, "X-Original-Method: GET", `X-Original-URI: /events?${query}`]),
  );

/** As clients write them that encode for forms, for URLs, or as little as they must. */
const WAYS: Readonly<Record<string, (value: string) => string>> = {
  "URLSearchParams, fetch": (value) => new URLSearchParams({ v: value }).toString().slice(2),
  "encodeURIComponent, axios": (value) => encodeURIComponent(value),
  "axios, which takes some back": (value) =>
    encodeURIComponent(value)
      .replaceAll("%3A", ":")
      .replaceAll("%24", "$")
      .replaceAll("%2C", ",")
      .replaceAll("%20", "+"),
  "requests, urllib": (value) => new URLSearchParams({ v: value }).toString().slice(2).replaceAll("*", "%2A"),
  "curl --data-urlencode": (value) =>
    encodeURIComponent(value).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`),
  "a template, which encodes no reserved character": (value) =>
    encodeURI(value).replaceAll("&", "%26").replaceAll("#", "%23").replaceAll("+", "%2B"),
};

const VALUES: readonly (readonly [string, string])[] = [
  ["q", "hello world"],
  ["since", "2024-01-01T10:00:00Z"],
  ["since", "2024-01-01T10:00:00+02:00"],
  ["account", "*"],
  ["email", "a@b.example"],
  ["callback", "https://a.example/b?c=d;e,f"],
  ["q", "it's (all) there!, and more; or / not? $5"],
  ["q", "a+b=c & d # e [f] %41"],
  ["q", "naïve 日本"],
  ["anyOfText", "a, b: c"],
  ["filter[name]", "a&b=c+d"],
  ["filter[at]", "2024-01-01T10:00:00+02:00"],
  ["json", '{"a":"b+c d"}'],
];

describe("a list in a path", () => {
  it.each([
    ["a%2Cb,c", 200],
    ["a,b", 200],
    ["a,b,c", 400],
    ["a%2Cb%2Cc", 400],
  ])("is split before it is decoded: %s", async (words, status) => {
    const { status: received } = await sendRaw(service.port, aRequest(`/words/${words}`, [`x-api-key: ${secret}`]));
    expect(received).toBe(status);
    expect(upstream.recorded.map(({ url }) => url)).toEqual(status === 200 ? [`/words/${words}`] : []);
  });
});

describe.each(Object.entries(WAYS))("a value as encoded by %s", (_, written) => {
  it.each(VALUES)("may be in the query: %s = %s", async (name, value) => {
    const query = `${name}=${written(value)}`;
    expect((await send(query)).status).toBe(200);
    expect(upstream.last().url).toBe(`/events?${query}`);
    expect((await ask(query)).status).toBe(200);
  });
});

describe("a list in the query", () => {
  it.each([
    ["each by itself", "tags=a+b&tags=c:d&tags=e@f"],
    ["with brackets", "tags[]=a+b&tags[]=c:d"],
    ["with numbers in brackets", "tags[0]=a+b&tags[1]=c:d"],
    ["with commas", "ids=a:b,c+d,e@f"],
    ["with encoded commas", "ids=a%3Ab%2Cc+d"],
    ["with pipes", "piped=a:b%7Cc+d"],
    ["with raw pipes", "piped=a:b|c+d"],
    ["with blanks", "spaced=a:b%20c"],
    ["with plus signs", "spaced=a:b+c"],
  ])("may have reserved characters, %s", async (_, query) => {
    expect((await send(query)).status).toBe(200);
    expect(upstream.last().url).toBe(`/events?${query}`);
    expect((await ask(query)).status).toBe(200);
  });
});

describe("what is validated is what is forwarded", () => {
  it.each([
    ["a plus sign is one character", "short=a+b", 200],
    ["and so is an encoded one", "short=a%2Bb", 200],
    ["as text of four is too long", "short=a+b+", 400],
    ["a blank before a number", "n=+5", 400],
    ["too many in a list", "ids=1,2,3,4", 400],
    ["too long in a list", "ids=1234567890", 400],
    ["too many in brackets", "tags[]=1&tags[]=2&tags[]=3&tags[]=4", 400],
    ["too long behind what would end a value that is decoded twice", "filter[name]=a%2526bcdefghijk", 400],
    ["too long behind an encoded ampersand", "filter[name]=a%26bcdefghijk", 400],
    ["one of two in the same brackets", "filter[name]=a&filter[name]=b", 400],
    ["the first of two within an object", "filter[in][a]=abc&filter[in][b]=b", 400],
    ["an object of two", "filter[in][a]=a&filter[in][b]=b", 200],
    ["an unknown property", "filter[other]=a", 400],
    ["a property with an ampersand", "filter[name%26x]=a", 400],
    ["a property of every object", "filter[constructor]=a", 400],
    ["a prototype", "filter[__proto__][name]=a", 400],
    ["an unknown name with brackets", "other[a]=b", 400],
    ["an unknown name behind an equals sign", "x%3D[a]=b", 400],
    ["brackets without a name", "[a]=b", 400],
    ["brackets that do not close", "filter[name=a", 400],
    ["brackets behind brackets", "filter[name]x=a", 400],
    ["one and the same with and without brackets", "tags=a&tags[]=b", 400],
    ["an unknown name with a plus sign", "q+=a", 400],
    ["JSON that does not match", 'json={"b":"c"}', 400],
    ["a name twice in JSON", 'json={"a":"c","a":"b"}', 400],
    ["a name twice in JSON, once escaped", "json=%7B%22a%22:%22c%22,%22%5Cu0061%22:%22b%22%7D", 400],
    ["JSON in two parameters, which is JSON when joined", 'json={"a":"c"&json="a":"b"}', 400],
    ["JSON that is none", "json={a:1}", 400],
    ["an object in brackets where JSON is declared", "json[a]=b", 400],
    ["an object in JSON where it may be a text", 'textOrObject={"a":"b"}', 200],
    ["a name twice in JSON where it may be a text", 'textOrObject={"a":"c","a":"b"}', 400],
    ["JSON in two parameters where it may be a text", 'textOrObject={"a":"c"&textOrObject="b":"b"}', 400],
    ["JSON in two brackets where it may be a text", 'textOrObject[0]={"a":"c"&textOrObject[1]="b":"b"}', 400],
    ["a name twice in JSON for an object", 'filter={"name":"c","name":"b"}', 400],
    ["a declared name with brackets", "page[size]=5", 200],
    ["a declared name with encoded brackets", "page%5Bsize%5D=5", 200],
    ["too much for a declared name with brackets", "page[size]=10", 400],
    ["another name beside a declared one with brackets", "page[size]=5&page[number]=1", 400],
    ["a list whose declared name has brackets", "list[]=a&list[]=b", 200],
    ["a list of one whose declared name has brackets", "list[]=a", 200],
    ["too many for a declared name with brackets", "list[]=a&list[]=b&list[]=c", 400],
    ["a number in brackets that are declared to be empty", "list[0]=a", 400],
    ["a parameter that the validator would obey", "page[size]=5&_openapi=a", 400],
    ["what looks like JSON in a text", 'q={"a":"c","a":"b"}', 200],
  ])("%s: %s", async (_, query, status) => {
    expect((await send(query)).status).toBe(status);
    const asked = await ask(query);
    expect(Number(asked.headers["x-latchkey-status"] ?? asked.status)).toBe(status);
    if (status !== 200) expect(upstream.recorded).toEqual([]);
  });
});

describe("a header", () => {
  it.each([
    ['X-Json: {"a":"b"}', 200],
    ['X-Json: {"a":"c","a":"b"}', 400],
    ["X-Json: {a}", 400],
    ["X-Tags: a", 200],
    ["X-Tags: a,b", 200],
    ["X-Tags: a,b,c", 400],
    ["X-Words: a,b", 200],
    ["X-Words: a,b,c", 400],
  ])("%s: %s", async (line, status) => {
    const lines = [`x-api-key: ${secret}`, line];
    expect((await sendRaw(service.port, aRequest("/events", lines))).status).toBe(status);
    const about = [...lines, "X-Original-Method: GET", "X-Original-URI: /events"];
    const asked = await sendRaw(service.port, aRequest("/v1/authorize", about));
    expect(Number(asked.headers["x-latchkey-status"] ?? asked.status)).toBe(status);
  });
});

describe("a handler, on both paths,", () => {
  let both: readonly PairedService[] = [];
  const key = composeKey("lk", "live", "q".repeat(RANDOM_LENGTH));
  beforeAll(async () => {
    const path = join(folder, "handled.yaml");
    writeFileSync(path, CONTRACT);
    const keys = new Map([[key, aKey({ scopes: ["events:read"], digest: digestOf(key) })]]);
    both = await pairedServices(modelOf(loadDocument(pathToFileURL(path))), keys);
  });
  afterAll(() => {
    for (const twin of both) twin.close();
  });

  it.each([
    ["q=a+b%2Bc%20d", { q: "a b+c d" }],
    ["since=2024-01-01T10:00:00Z", { since: "2024-01-01T10:00:00Z" }],
    ["callback=https://a.example/b?c=d", { callback: "https://a.example/b?c=d" }],
    ["q=it's(all)*,;:@$!/?", { q: "it's(all)*,;:@$!/?" }],
    ["ids=a:b,c+d", { ids: ["a:b", "c d"] }],
    ["piped=a+b|c", { piped: ["a b", "c"] }],
    ["tags=a+b&tags=c", { tags: ["a b", "c"] }],
    ["tags[]=a%2526b", { tags: ["a%26b"] }],
    ["filter[name]=a%26b%2Bc", { filter: { name: "a&b+c" } }],
    ['json={"a":"b"}', { json: { a: "b" } }],
    ["page[size]=5", { "page[size]": 5 }],
    ["page%5Bsize%5D=5&list[]=a", { "page[size]": 5, "list[]": ["a"] }],
  ])("reads %s", async (query, expected) => {
    const request = `GET /events?${query} HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${key}\r\n\r\n`;
    for (const twin of both) {
      const { response, calls } = await twin.exchange(request, { kind: "now", reply: { status: 200, body: {} } }, 0);
      expect(response).toMatch(/^HTTP\/1\.1 200 /);
      expect(JSON.parse(JSON.stringify(calls))).toMatchObject([{ query: expected }]);
    }
  });

  it.each(['json={"a":"c","a":"b"}', 'filter={"name":"c","name":"b"}'])("is not called for %s", async (query) => {
    const request = `GET /events?${query} HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${key}\r\n\r\n`;
    for (const twin of both) {
      const { response, calls } = await twin.exchange(request, { kind: "now", reply: { status: 200, body: {} } }, 0);
      expect(response).toMatch(/^HTTP\/1\.1 400 /);
      expect(calls).toEqual([]);
    }
  });
});
