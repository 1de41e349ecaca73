import fc from "fast-check";
import { asRecord, type JsonObject, resolve } from "../../../src/contract/document/json.ts";
import type { FoundOperation } from "../../../src/contract/model/outline.ts";
import { samplesOf } from "../model/samples.ts";

/** Mostly `usual`, and sometimes one of the others. */
function mostly<T>(usual: fc.Arbitrary<T>, weight: number, ...odd: readonly fc.Arbitrary<T>[]): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: usual, weight }, ...odd.map((arbitrary) => ({ arbitrary, weight: 1 })));
}

/**
 * Requests for an operation, as raw text: most of them ordinary, many of them invalid in one way or another.
 */
export function generatedRequests(
  document: JsonObject,
  found: FoundOperation,
  keys: readonly string[],
  carrier = "x-api-key",
): fc.Arbitrary<string> {
  const method = mostly(
    fc.constant(found.method.toUpperCase()),
    30,
    fc.constantFrom("GET", "POST", "HEAD", "DELETE", "OPTIONS", "get"),
  );
  return fc
    .record({
      method,
      target: targets(document, found),
      version: mostly(fc.constant("1.1"), 60, fc.constantFrom("1.0", "2.0")),
      lines: heads(keys, carrier),
      body: bodies(document, found),
    })
    .map(({ method, target, version, lines, body }) => {
      const head = [`${method} ${target} HTTP/${version}`, ...lines, ...body.lines];
      return `${head.join("\r\n")}\r\n\r\n${body.text}`;
    });
}

const EDGES = fc.constantFrom(
  "%41",
  "%2F",
  "%00",
  "%zz",
  ".",
  "..",
  "0x10",
  "1e1",
  " 5",
  "-0",
  "007",
  "a:b",
  "a+b",
  "2024-01-01T10:00:00Z",
  "a@b.example",
  "it's(all)*,;/?$!",
  "[1]",
  "é",
  "%C3%A9",
  "",
);

function encoded(value: unknown): string {
  return encodeURIComponent(typeof value === "string" ? value.toWellFormed() : JSON.stringify(value ?? null));
}

function targets(document: JsonObject, found: FoundOperation): fc.Arbitrary<string> {
  const parameters = found.parameters.map(({ parameter }) => parameter);
  const textOf = ({ schema }: JsonObject) => mostly(samplesOf(document, schema).map(encoded), 12, EDGES);
  const inPath = parameters.filter((one) => one["in"] === "path");
  const path = fc
    .tuple(...inPath.map(textOf))
    .map((values) =>
      inPath.reduce<string>(
        (text, { name }, index) => text.replace(`{${name}}`, () => values[index] ?? ""),
        found.path,
      ),
    );
  const inQuery = parameters.filter((one) => one["in"] === "query");
  const pairs = inQuery.map((one) => {
    const pair = textOf(one).map((value) => [`${one["name"]}=${value}`]);
    const twice = textOf(one).map((value) => [`${one["name"]}=${value}`, `${one["name"]}=2`]);
    return fc.oneof(
      { arbitrary: fc.constant([]), weight: one["required"] === true ? 1 : 15 },
      { arbitrary: pair, weight: 15 },
      { arbitrary: twice, weight: 1 },
    );
  });
  const surplus = mostly<readonly string[]>(
    fc.constant([]),
    8,
    fc.constantFrom(["api_key=x"], ["surplus=1"], ["&"], ["a"], ["limit[]=1"], ["tags[]=a"], ["x[y]=1"]),
  );
  const query = fc.tuple(...pairs, surplus).map((all) => all.flat().join("&"));
  const odd = fc.constantFrom(
    "/",
    "//",
    "/data/",
    "/DATA",
    "/data?",
    "/data#",
    "http://h/data",
    "*",
    "/docs",
    "/openapi.json",
    "/v1/authorize",
  );
  return mostly(
    fc.tuple(path, query).map(([text, rest]) => (rest === "" ? text : `${text}?${rest}`)),
    30,
    odd,
  );
}

function heads(keys: readonly string[], carrier: string): fc.Arbitrary<readonly string[]> {
  const key = fc.constantFrom(...keys);
  const presented = mostly<readonly string[]>(
    key.map((text) => [`${carrier}: ${text}`]),
    40,
    fc.constant([]),
    key.map((text) => [`Authorization: Bearer ${text}`]),
    key.map((text) => [`${carrier.toUpperCase()}:${text}`]),
    fc.tuple(key, key).map(([one, other]) => [`${carrier}: ${one}`, `${carrier}: ${other}`]),
    fc.tuple(key, key).map(([one, other]) => [`${carrier}: ${one}`, `Authorization: Bearer ${other}`]),
    key.map((text) => [`${carrier}: ${text}`, "Authorization: Bearer eyJh.e30.x"]),
    fc.constantFrom(
      [`${carrier}:`],
      [`${carrier}: junk`],
      [`${carrier}: ${"j".repeat(300)}`],
      ["Authorization: Basic eDp5"],
    ),
  );
  const host = mostly<readonly string[]>(
    fc.constant(["Host: localhost"]),
    60,
    fc.constantFrom([], ["Host: a", "Host: b"], ["Host: a b"], ["Host: "]),
  );
  const odd = fc.subarray(
    [
      "Accept: application/json",
      "Accept: text/csv",
      "User-Agent: test",
      "Content-Type: text/plain",
      "If-Match: *",
      "If-None-Match: *",
      "Origin: https://example.com",
      "X-Forwarded-For: 192.0.2.1",
      "Cookie: a=b",
      "Upgrade: h2c",
      "X-Request-Id: mine",
    ],
    { maxLength: 2 },
  );
  const usual = fc.subarray(["Accept: application/json", "User-Agent: test", "Cookie: a=b"]);
  const others = mostly<readonly string[]>(usual, 6, odd);
  return fc.tuple(host, presented, others).map((all) => all.flat());
}

type Body = { readonly lines: readonly string[]; readonly text: string };

const NO_BODY: Body = { lines: [], text: "" };

function bodies(document: JsonObject, { operation }: FoundOperation): fc.Arbitrary<Body> {
  const content = asRecord(resolve(document, operation["requestBody"])?.["content"]);
  const [type, media] = Object.entries(content)[0] ?? [];
  if (type === undefined) return mostly(fc.constant(NO_BODY), 30, fc.constant(withLength("{}", "application/json")));
  const text = mostly(
    samplesOf(document, asRecord(media)["schema"]).map((value) => JSON.stringify(value) ?? ""),
    15,
    fc.constantFrom(
      "",
      "null",
      "{",
      '{"a":1,"a":2}',
      '"\\u0000"',
      "[1]",
      "\ufeff{}",
      `{"name":"${"x".repeat(70_000)}"}`,
    ),
  );
  const types = mostly(
    fc.constant(type),
    15,
    fc.constantFrom(
      "application/json; charset=utf-8",
      "application/json;charset=latin1",
      "text/plain",
      "",
      "APPLICATION/JSON",
    ),
  );
  return mostly(
    fc.tuple(text, types).map(([one, media]) => withLength(one, media)),
    20,
    fc.constant(NO_BODY),
    text.map((one) => ({ lines: [`Content-Type: ${type}`, "Transfer-Encoding: chunked"], text: toChunks(one) })),
    text.map((one) => ({
      ...withLength(one, type),
      lines: [...withLength(one, type).lines, "Content-Encoding: gzip"],
    })),
  );
}

function withLength(text: string, type: string): Body {
  const lines = type === "" ? [] : [`Content-Type: ${type}`];
  return { lines: [...lines, `Content-Length: ${Buffer.byteLength(text)}`], text };
}

function toChunks(text: string): string {
  const size = Buffer.byteLength(text);
  return `${size === 0 ? "" : `${size.toString(16)}\r\n${text}\r\n`}0\r\n\r\n`;
}
