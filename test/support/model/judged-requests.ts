import fc from "fast-check";
import { asRecord, type JsonObject } from "../../../src/contract/document/json.ts";
import type { JudgedRequest } from "../../../src/contract/judge/judge.ts";
import { mayBeJudged } from "../../../src/contract/model/bodies/operation-body.ts";
import type { Operation } from "../../../src/contract/model/operations.ts";
import { type FoundOperation, type Outline, toOutline } from "../../../src/contract/model/outline.ts";
import { samplesOf } from "./samples.ts";

const ODD_TEXTS = fc.constantFrom(
  ...["", " 5", "0x10", "1e1", "-0", "007", "1.50", "+", "%zz", "a:b", "a+b", "a,b", "a|b", "[1]", "é", "null", "true"],
  ...['{"weight":1}', '{"weight":1,"weight":2}', '{"least":1}', "{", '"\\u0000"', "1,2", "least,1,most,2", "TRUE"],
);

/**
 * Requests for an operation, as judges get them: many of them valid, and many invalid in one way or another. Without
 * parameters whose declared names have brackets.
 */
export function judgedRequests(
  outline: Outline,
  found: FoundOperation,
  operation: Operation,
): fc.Arbitrary<JudgedRequest> {
  const { root } = outline.document;
  const textOf = (parameter: JsonObject) => {
    const [content] = Object.values(asRecord(parameter["content"]));
    const samples = samplesOf(root, parameter["schema"] ?? asRecord(content)["schema"]).map(toText);
    return fc.oneof({ arbitrary: samples, weight: 30 }, { arbitrary: ODD_TEXTS, weight: 1 });
  };
  const inPlace = (place: string) =>
    found.parameters
      .map((one) => one.parameter)
      .filter((one) => one["in"] === place && !String(one["name"]).includes("["));
  const named = (place: string) => {
    const entries = inPlace(place).map(({ name, ...rest }) => [String(name), textOf(rest)] as const);
    return fc.record(Object.fromEntries(entries), place === "path" ? {} : { requiredKeys: [] });
  };
  const odd = fc.constantFrom(
    ...["unknown=1", "limit=1&limit=2", "tags=a&tags=b", "filter[name]=a&filter[count]=2", "filter[name]=a&filter=b"],
    ...["ids[]=1&ids[]=2", "a[__proto__]=1", "__proto__=1", "filter[", "x[y][z]=1"],
    ...["least=1&most=9", "least=x", "tags[0]=a&tags[1]=b", "=", "&&", "limit", "elsewhere=ab", "_openapi=1", "any="],
  );
  return fc
    .record({
      pathParams: named("path"),
      pairs: named("query").map((pairs) =>
        Object.entries(asTexts(pairs)).map(([name, text]) => `${name}=${encode(text)}`),
      ),
      odd: fc.oneof({ arbitrary: fc.constant(""), weight: 9 }, { arbitrary: odd, weight: 1 }),
      headers: named("header"),
      body: bodiesOf(root, operation, found),
    })
    .map(
      ({ pathParams, pairs, odd, headers, body }): JudgedRequest => ({
        operation,
        pathParams: asTexts(pathParams),
        query: [...pairs, odd].filter((one) => one !== "").join("&"),
        headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text])),
        body,
      }),
    );
}

function bodiesOf(root: JsonObject, { body }: Operation, { operation }: FoundOperation) {
  const none = fc.constant<JudgedRequest["body"]>(undefined);
  if (body === undefined) return none;
  const content = asRecord(toOutline(root).document.resolve(operation["requestBody"])?.["content"]);
  const bodies = body.media
    .filter(mayBeJudged)
    .map(({ name: mediaType }) =>
      samplesOf(root, asRecord(content[mediaType])["schema"]).map((value) => ({ mediaType, value: value ?? {} })),
    );
  if (body.isRequired) return fc.oneof(...bodies);
  return fc.oneof({ arbitrary: fc.oneof(...bodies), weight: 9 }, { arbitrary: none, weight: 1 });
}

/** The generator leaves out names, and never has one without a value. */
function asTexts(named: { readonly [name: string]: string | undefined }): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(named).map(([name, text]) => [name, String(text)]));
}

function toText(value: unknown): string {
  if (Array.isArray(value)) return value.map(toText).join(",");
  return typeof value === "string" ? value.toWellFormed() : JSON.stringify(value ?? null);
}

function encode(text: string): string {
  return /^%/.test(text) ? text : encodeURIComponent(text);
}
