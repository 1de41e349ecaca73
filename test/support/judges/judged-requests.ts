import fc from "fast-check";
import { asRecord, type JsonObject, resolve } from "../../../src/contract/document/json.ts";
import type { JudgedBody, JudgedRequest } from "../../../src/contract/judge/judge.ts";
import { JSON_TYPE } from "../../../src/contract/model/bodies/media-types.ts";
import type { Contract } from "../../../src/contract/model/contract.ts";
import type { FoundOperation } from "../../../src/contract/model/outline.ts";
import { isWellEncoded } from "../../../src/lib/http/percent.ts";
import { samplesOf } from "../model/samples.ts";
import { oneText, type Pair, queryPairs } from "./serialized.ts";

/** Requests for an operation whose parameters are written in their styles; most are valid, and some nearly. */
export function judgedRequests(contract: Contract, found: FoundOperation): fc.Arbitrary<JudgedRequest> {
  const { document } = contract;
  const operation = contract.operations.find(({ id }) => id === found.id);
  if (operation === undefined) throw new Error(`The contract has no operation ${found.id}.`);
  const all = found.parameters.map(({ parameter }) => parameter);
  const valuesIn = (place: string) =>
    fc.tuple(...all.filter((one) => one["in"] === place).map((one) => writtenIn(document, one)));
  return fc
    .record({
      path: valuesIn("path"),
      query: valuesIn("query"),
      header: valuesIn("header"),
      cookie: valuesIn("cookie"),
      encode: fc.constantFrom(encodeURIComponent, encodeURIComponent, plus, lax),
      surplus: surplus(all),
      body: bodyOf(document, found),
    })
    .map(({ path, query, header, cookie, encode, surplus: more, body }): JudgedRequest => {
      const pairs = query.flat().flatMap(({ parameter, value }) => queryPairs(parameter, value, encode));
      const texts = (values: typeof path) =>
        values.flat().map(({ parameter, value }): Pair => [String(parameter["name"]), oneText(parameter, value)]);
      const headers = texts(header).map(([name, text]): Pair => [name.toLowerCase(), latin1(text)]);
      const cookies = texts(cookie).map(([name, text]) => `${name}=${encodeURIComponent(text)}`);
      return {
        operation,
        pathParams: Object.fromEntries(texts(path)),
        query: [...pairs.map(([name, text]) => `${name}=${text}`), ...more].join("&"),
        headers: { ...Object.fromEntries(headers), ...(cookies.length > 0 && { cookie: cookies.join("; ") }) },
        body,
      };
    })
    .filter(({ query, pathParams }) => isWellEncoded(query) && Object.values(pathParams).every(isRoutable));
}

type Written = { readonly parameter: JsonObject; readonly value: unknown };

function writtenIn(document: JsonObject, parameter: JsonObject): fc.Arbitrary<readonly Written[]> {
  const schema = parameter["schema"] ?? asRecord(Object.values(asRecord(parameter["content"]))[0])["schema"];
  const written = samplesOf(document, schema).map((value): Written => ({ parameter, value }));
  const isAlways = parameter["required"] === true;
  return fc.oneof(
    { arbitrary: fc.constant([]), weight: isAlways ? 1 : 20 },
    { arbitrary: written.map((one) => [one]), weight: isAlways ? 60 : 20 },
    { arbitrary: fc.tuple(written, written), weight: 1 },
  );
}

/** Pairs that do not belong, or that many clients write in another style. */
function surplus(all: readonly JsonObject[]): fc.Arbitrary<readonly string[]> {
  const names = all.filter((one) => one["in"] === "query").map((one) => String(one["name"]));
  const name = fc.constantFrom("surplus", ...names);
  const suffix = fc.constantFrom("", "[]", "[0]", "[a]", "[a][b]", "[", "]", "%5B%5D", "[__proto__]");
  const value = fc.constantFrom(
    "",
    "1",
    "0x10",
    "1e1",
    "a%2Cb",
    "a,b",
    '{"a":1}',
    "[1]",
    "+5",
    "%00",
    "true",
    "é",
    "null",
  );
  const odd = fc
    .tuple(name, suffix, value)
    .map(([one, more, text]) => [`${one}${more}=${text.includes("%") ? text : encodeURI(text)}`]);
  return fc.oneof(
    { arbitrary: fc.constant([]), weight: 12 },
    { arbitrary: odd, weight: 1 },
    { arbitrary: fc.constant(["", "a"]), weight: 1 },
  );
}

function plus(text: string): string {
  return encodeURIComponent(text).replaceAll("%20", "+");
}

/** As many clients encode: characters that a query may contain stay as they are (RFC 3986 §3.4). */
function lax(text: string): string {
  return encodeURIComponent(text).replaceAll(/%(?:3A|2F|3F|40|24|3B)/g, decodeURIComponent);
}

function latin1(text: string): string {
  return Buffer.from(text.replaceAll(/\p{Cc}/gu, ""))
    .toString("latin1")
    .trim();
}

/** Does the router accept this value of a path parameter? */
function isRoutable(text: string): boolean {
  return text !== "" && !/[\\/?#\0]/.test(text) && text !== "." && text !== "..";
}

function bodyOf(document: JsonObject, { operation }: FoundOperation): fc.Arbitrary<JudgedBody | undefined> {
  const body = resolve(document, operation["requestBody"]);
  const declared = Object.entries(asRecord(body?.["content"])).filter(([type]) => JSON_TYPE.test(type.toLowerCase()));
  if (declared.length === 0) return fc.constant(undefined);
  const bodies = declared.map(([type, media]) =>
    samplesOf(document, asRecord(media)["schema"])
      .filter((value) => value !== null && value !== undefined)
      .map((value) => ({ mediaType: type.toLowerCase(), value: JSON.parse(JSON.stringify(value)) })),
  );
  return fc.oneof(...bodies, ...(body?.["required"] === true ? [] : [fc.constant(undefined)]));
}
