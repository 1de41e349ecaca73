import { asList, asRecord, isRecord, type JsonObject } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";
import { METHODS } from "../model/outline.ts";

/**
 * A path with a query, such as `/search?type=tag&q={q}`, as OpenAPI writes it: parameters in the query. What was the query
 * becomes a fragment, which requests do not have and which keeps the paths different.
 * @returns the path and its path item.
 */
export function withoutQuery(
  { resolve }: OpenApiDocument,
  path: string,
  item: JsonObject,
): readonly [string, JsonObject] {
  if (!hasQuery(path)) return [path, item];
  const at = path.indexOf("?");
  const query = path.slice(at + 1).replace(/#.*/s, "");
  const pairs = query.split("&").flatMap(toPair);
  const operations = METHODS.flatMap((method) => {
    const operation = item[method];
    return isRecord(operation) ? [[method, withParameters(resolve, pairs, item, operation)] as const] : [];
  });
  const { parameters: _, ...rest } = item;
  return [`${path.slice(0, at)}#${query}`, { ...rest, ...Object.fromEntries(operations) }];
}

/** What follows a fragment belongs to it. */
export function hasQuery(path: string): boolean {
  return /^[^#]*\?/.test(path);
}

type Pair = { readonly name: string; readonly value: string };

function toPair(text: string): readonly Pair[] {
  const [, name, value] = /^([^={}]+)=(.*)$/.exec(text) ?? [];
  return name === undefined || value === undefined ? [] : [{ name, value }];
}

/** The operation with all parameters of its path item, those of the query where they belong. */
function withParameters(
  resolve: OpenApiDocument["resolve"],
  pairs: readonly Pair[],
  item: JsonObject,
  operation: JsonObject,
): JsonObject {
  const own = asList(operation["parameters"]);
  const isSame = (one: unknown, other: unknown) => {
    const [first, second] = [resolve(one), resolve(other)];
    return first?.["name"] === second?.["name"] && first?.["in"] === second?.["in"];
  };
  const shared = asList(item["parameters"]).filter((one) => !own.some((other) => isSame(one, other)));
  const moved = [...shared, ...own].map((written) => {
    const parameter = asRecord(resolve(written));
    const pair = pairs.find(({ value }) => value === `{${parameter["name"]}}`);
    return pair !== undefined && parameter["in"] === "path" ? { ...parameter, in: "query", name: pair.name } : written;
  });
  const declared = new Set(moved.map((one) => resolve(one)?.["name"]));
  const fixed = pairs.filter(({ name, value }) => !value.includes("{") && !declared.has(name));
  return { ...operation, parameters: [...moved, ...fixed.map(toParameter)] };
}

function toParameter({ name, value }: Pair): JsonObject {
  return { name, in: "query", required: true, schema: { type: "string", enum: [decoded(value)] } };
}

function decoded(text: string): string {
  return new URLSearchParams(`a=${text}`).get("a") ?? text;
}
