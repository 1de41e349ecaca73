import type { ErrorObject } from "ajv";
import type { Report } from "../document/finding.ts";
import { asRecord, type JsonObject } from "../document/json.ts";
import { mayBeJudged } from "../model/bodies/operation-body.ts";
import { toOperation } from "../model/operations.ts";
import { type FoundOperation, METHODS, type Outline } from "../model/outline.ts";
import { toPointer } from "./instance-path.ts";
import { validateOpenApi } from "./openapi.gen.ts";

const MAX_FINDINGS = 20;

/**
 * Finds what the schema of OpenAPI 3.1 itself forbids, such as a missing `info.title`. The responses of operations and
 * bodies that are streamed are left out: nothing here reads more of them than the other checks do.
 */
export function checkOpenApiSchema(outline: Outline, report: Report) {
  if (validateOpenApi(withoutUnread(outline))) return;
  for (const error of innermost(validateOpenApi.errors ?? []).slice(0, MAX_FINDINGS)) {
    const { instancePath, message, params } = error;
    const { unevaluatedProperty } = asRecord(params);
    const what =
      unevaluatedProperty === undefined ? message : `there must not be a property ${String(unevaluatedProperty)}`;
    const place = toPointer(instancePath);
    const kind = mayMislead(error) ? "openapi-schema" : "openapi-untidy";
    const hint = error.keyword === "type" && message === "must be string" ? ": put it in quotes" : "";
    report(place, `this is not valid OpenAPI: ${what} (at ${place.join("/") || "the root"})${hint}`, kind);
  }
}

/** The parts of a document that decide which requests are admitted. */
const DECISIVE: ReadonlySet<unknown> = new Set([
  ...[
    "paths",
    "parameters",
    "requestBody",
    "content",
    "schema",
    "security",
    "components",
    "securitySchemes",
    "schemas",
  ],
  ...["in", "required", "style", "explode"],
]);

/**
 * May something be read otherwise than its author means? That something is missing or unknown, or that a text which only
 * people read is a number, changes nothing for a request.
 */
function mayMislead({ keyword, instancePath }: ErrorObject): boolean {
  return !HARMLESS.has(keyword) && DECISIVE.has(toPointer(instancePath).at(-1));
}

const HARMLESS: ReadonlySet<string> = new Set(["unevaluatedProperties", "required", "format", "pattern"]);

/** Keywords that only repeat the errors of their parts. */
const REPEATING = ["if", "oneOf", "anyOf", "allOf", "$ref"];

/** Without the errors that others cause: an object whose part is invalid counts as invalid in several ways. */
function innermost(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const paths = errors.map(({ instancePath }) => `${instancePath}/`);
  const isInnermost = ({ instancePath }: ErrorObject) =>
    !paths.some((other) => other !== `${instancePath}/` && other.startsWith(`${instancePath}/`));
  const inner = errors.filter(isInnermost);
  const plain = inner.filter(({ keyword }) => !REPEATING.includes(keyword));
  return plain.length > 0 ? plain : inner;
}

function withoutUnread(outline: Outline): JsonObject {
  const { root } = outline.document;
  const read = new Map<unknown, JsonObject>(outline.operations.map((one) => [one.operation, readPartOf(outline, one)]));
  const readItems = (items: unknown) =>
    Object.fromEntries(Object.entries(asRecord(items)).map(([name, item]) => [name, readParts(item, read)]));
  const components = asRecord(root["components"]);
  return {
    ...root,
    ...(root["paths"] !== undefined && { paths: readItems(root["paths"]) }),
    ...(components["pathItems"] !== undefined && {
      components: { ...components, pathItems: readItems(components["pathItems"]) },
    }),
  };
}

function readParts(item: unknown, read: ReadonlyMap<unknown, JsonObject>): unknown {
  if (typeof item !== "object" || item === null) return item;
  // An operation that is null counts as none.
  const parts = Object.entries(item).filter(
    ([name, part]) => part !== null || !METHODS.some((method) => method === name),
  );
  return Object.fromEntries(parts.map(([name, part]) => [name, read.get(part) ?? part]));
}

function readPartOf(outline: Outline, found: FoundOperation): JsonObject {
  const { responses: _, requestBody, ...rest } = found.operation;
  const body = asRecord(requestBody);
  if (requestBody === undefined || body["content"] === undefined) {
    return { ...rest, ...(requestBody !== undefined && { requestBody }) };
  }
  const judged =
    toOperation(outline, found)
      .body?.media.filter(mayBeJudged)
      .map(({ name }) => name) ?? [];
  const content = Object.entries(asRecord(body["content"])).filter(([name]) => judged.includes(name));
  return { ...rest, requestBody: { ...body, content: Object.fromEntries(content) } };
}
