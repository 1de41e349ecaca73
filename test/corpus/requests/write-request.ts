import type { JsonObject } from "../../../src/contract/document/json.ts";
import { oneText } from "../../support/judges/serialized.ts";
import { opaqueBody, type WrittenBody, writeBody } from "./body-text.ts";
import type { CorpusRequest } from "./corpus-request.ts";
import type { CorpusOperation } from "./operations.ts";
import { pathText, queryText } from "./parameter-text.ts";
import type { BodyValue, CaseOptions, RequestValues } from "./request-values.ts";

/** Undefined where such values cannot be written. */
export function writeRequest(
  { method, path, parameters }: CorpusOperation,
  { credentials }: Pick<CaseOptions, "credentials">,
  values: RequestValues,
): CorpusRequest | undefined {
  const sent = (place: string) => parameters.filter((one) => one["in"] === place && values.parameters.has(one));
  const valueIn = (parameter: JsonObject) => values.parameters.get(parameter);
  // No client sends what follows a "#", which some documents use to tell operations apart.
  const [sendable = ""] = path.split("#");
  const filled = sent("path").reduce(
    (text, one) => text.replaceAll(`{${one["name"]}}`, () => pathText(one, valueIn(one))),
    sendable,
  );
  if (/[{}]/.test(filled)) return undefined;
  const body = values.body && written(values.body);
  if (values.body !== undefined && body === undefined) return undefined;
  const query = [
    ...sent("query").map((one) => queryText(one, valueIn(one))),
    ...credentials.query.map(([name, text]) => `${encodeURIComponent(name)}=${text}`),
  ].filter((text) => text !== "");
  const cookies = [
    ...sent("cookie").map((one) => `${one["name"]}=${oneText(one, valueIn(one))}`),
    ...credentials.cookies.map(([name, text]) => `${name}=${text}`),
  ];
  // Some documents have a part of the query in their paths.
  const mark = filled.includes("?") ? "&" : "?";
  return {
    method,
    target: `${encodedPath(filled)}${query.length > 0 ? `${mark}${query.join("&")}` : ""}`,
    headers: [
      ...sent("header").map((one) => [String(one["name"]), oneText(one, valueIn(one))] as const),
      ...(cookies.length > 0 ? [["cookie", cookies.join("; ")] as const] : []),
      ...(body ? [["content-type", body.type] as const] : []),
      ...credentials.headers,
    ],
    body: body?.bytes,
  };
}

/** The path as written may have characters that a request must encode. */
function encodedPath(path: string): string {
  return path.replaceAll(/[^!-~]|["<>\\^`|]/gu, encodeURIComponent);
}

function written(body: BodyValue): WrittenBody | undefined {
  return body.isOpaque ? opaqueBody(body.type) : writeBody(body.type, body.value);
}
