import type { IncomingHttpHeaders } from "node:http";
import type { JudgedBody, JudgedRequest } from "../../../src/contract/judge/judge.ts";
import { parseMediaType } from "../../../src/contract/model/bodies/media-types.ts";
import { findBodyMedia, type OperationBody } from "../../../src/contract/model/bodies/operation-body.ts";
import type { Contract } from "../../../src/contract/model/contract.ts";
import { isOriginForm } from "../../../src/http/message/target.ts";
import { parseStrictJson } from "../../../src/lib/json/strict-json.ts";

/** What a judge gets of a request that was written as text; undefined for one that an earlier stage refuses. */
export function judgedRequestOf(text: string, { routes }: Pick<Contract, "routes">): JudgedRequest | undefined {
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const [method = "", target = "", version] = first.split(" ");
  if (!isOriginForm(target) || version !== "HTTP/1.1") return undefined;
  const [path = "", ...rest] = target.split("?");
  const found = routes.match(method, path);
  if (found.kind !== "matched") return undefined;
  const { operation, pathParams } = found;
  const headers = headersOf(lines);
  const body = bodyOf(operation.body, headers, text.slice(end + 4));
  if (body === "refused") return undefined;
  return { operation, pathParams, query: withoutKey(rest.join("?")), headers, body };
}

/** The key is removed before a judge sees the request. */
function withoutKey(query: string): string {
  return query
    .split("&")
    .filter((pair) => !pair.startsWith("api_key="))
    .join("&");
}

function linesOf(lines: readonly string[]): readonly (readonly [string, string])[] {
  return lines.map((line) => {
    const at = line.indexOf(":");
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()] as const;
  });
}

/** As Node joins them; the key is removed already. */
function headersOf(lines: readonly string[]): IncomingHttpHeaders {
  const headers: Record<string, string> = {};
  for (const [name, value] of linesOf(lines)) {
    const before = headers[name];
    if (name === "x-api-key" || name === "authorization") continue;
    headers[name] = before === undefined ? value : `${before}${name === "cookie" ? "; " : ", "}${value}`;
  }
  return headers;
}

function bodyOf(
  declared: OperationBody | undefined,
  headers: IncomingHttpHeaders,
  text: string,
): JudgedBody | undefined | "refused" {
  if (declared === undefined || text === "") return declared?.isRequired ? "refused" : undefined;
  const type = parseMediaType(headers["content-type"] ?? "");
  const found = type && findBodyMedia(declared, type);
  if (found?.reading === "streamed") return undefined;
  if (found?.reading !== "json" || headers["transfer-encoding"] || headers["content-encoding"]) return "refused";
  const mediaType = found.media.name;
  const outcome = parseStrictJson(Buffer.from(text));
  return outcome.kind === "parsed" && outcome.value !== null ? { mediaType, value: outcome.value } : "refused";
}
