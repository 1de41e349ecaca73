import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { parseUnambiguousJson } from "../../lib/json/strict-json.ts";
import type { Pointer } from "../document/finding.ts";
import { asList, asRecord, type JsonObject, toReference } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";
import { rewritten } from "../document/rewrite.ts";
import { JSON_TYPE } from "../model/bodies/media-types.ts";
import { FORMATS } from "../model/formats.ts";
import type { Operation } from "../model/operations.ts";
import type { FoundOperation, Outline } from "../model/outline.ts";

/** The verdict on the head of a response. */
export type HeadVerdict =
  | { readonly kind: "violation"; readonly violation: string }
  /** Its body needs no check. */
  | { readonly kind: "fine" }
  /** Its body must be empty. */
  | { readonly kind: "empty" }
  /** Its body must be JSON; `check` finds further violations. */
  | { readonly kind: "json"; readonly check: (body: Uint8Array) => readonly string[] };

/** @param contentType the header; undefined when the response has none, and so no body. */
export type ResponseCheck = (status: number, contentType: string | undefined) => HeadVerdict;

type Validate = (body: unknown) => readonly string[];

/** By media type, such as `application/json` or a range. */
type Declared = ReadonlyMap<string, Validate | undefined>;

const MAX_VIOLATIONS = 10;

/**
 * Checks for responses by operationId, against what the contract declares. All schemas are compiled here, at the start.
 * @throws Error when a schema is not valid.
 */
export function createResponseChecks(
  outline: Outline,
  operations: readonly Pick<Operation, "id">[],
): ReadonlyMap<string, ResponseCheck> {
  if (operations.length === 0) return new Map();
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, formats: FORMATS });
  ajv.addSchema(withPatternsAfterLengths(outline.document), "contract");
  const compile = (pointer: Pointer): Validate => {
    const validate = ajv.compile({ $ref: `contract${toReference(pointer)}` });
    return (body) => {
      if (validate(body)) return [];
      // An error of `if` only repeats that of its `then`.
      const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== "if");
      return errors.slice(0, MAX_VIOLATIONS).map(toViolation);
    };
  };

  const wanted = new Set(operations.map(({ id }) => id));
  const found = outline.operations.filter(({ id }) => wanted.has(id));
  return new Map(found.map((one) => [one.id, checkOf(declaredResponses(outline.document, one, compile))]));
}

/**
 * Makes Ajv test a pattern only on texts that are short enough: it may be harmless only for these, and with `allErrors`
 * Ajv would test it on longer ones too.
 */
function withPatternsAfterLengths({ root }: OpenApiDocument): JsonObject {
  return rewritten(root, (node) => {
    const { pattern, maxLength, allOf, ...rest } = node;
    if (typeof pattern !== "string" || typeof maxLength !== "number") return node;
    // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema
    return { ...rest, maxLength, allOf: [...asList(allOf), { if: { maxLength }, then: { pattern } }] };
  });
}

function declaredResponses(
  { follow }: OpenApiDocument,
  { operation, pointer }: FoundOperation,
  compile: (pointer: Pointer) => Validate,
): ReadonlyMap<string, Declared> {
  const responses = Object.entries(asRecord(operation["responses"])).map(([status, written]) => {
    const [place, response] = follow([...pointer, "responses", status], written);
    const types = Object.entries(asRecord(response?.["content"])).map(([type, content]) => {
      const hasSchema = asRecord(content)["schema"] !== undefined;
      return [mediaTypeOf(type), hasSchema ? compile([...place, "content", type, "schema"]) : undefined] as const;
    });
    return [status.toUpperCase(), new Map(types)] as const;
  });
  return new Map(responses);
}

function checkOf(responses: ReadonlyMap<string, Declared>): ResponseCheck {
  return (status, contentType) => {
    // The client has the content already (RFC 9110 §15.4.5).
    if (status === 304) return FINE;
    const declared =
      responses.get(`${status}`) ?? responses.get(`${Math.floor(status / 100)}XX`) ?? responses.get("DEFAULT");
    if (declared === undefined) return violation(`the status ${status} is not declared`);
    if (contentType === undefined) return declared.size === 0 ? { kind: "empty" } : violation("it has no Content-Type");
    if (declared.size === 0) return violation("it has a body, but none is declared");

    const type = mediaTypeOf(contentType);
    const name = [type, `${type.split("/")[0]}/*`, "*/*"].find((one) => declared.has(one));
    if (name === undefined) return violation(`the media type ${type.slice(0, 100)} is not declared`);
    const validate = declared.get(name);
    if (validate === undefined || !JSON_TYPE.test(type)) return FINE;
    if (!/^(?:utf-?8)?$/i.test(charsetOf(contentType))) return violation("its charset is not UTF-8");
    return { kind: "json", check: (body) => checkJson(body, validate) };
  };
}

const FINE = { kind: "fine" } as const;

function violation(text: string): HeadVerdict {
  return { kind: "violation", violation: text };
}

function mediaTypeOf(text: string): string {
  return (text.split(";", 1)[0] ?? "").trim().toLowerCase();
}

/** The charset; empty when there is none. */
function charsetOf(contentType: string): string {
  return /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(contentType)?.[1] ?? "";
}

/** The bytes are passed on as they are, so they must mean nothing else than the parsed value. */
function checkJson(body: Uint8Array, validate: Validate): readonly string[] {
  const outcome = parseUnambiguousJson(body);
  if (outcome.kind === "parsed") return validate(outcome.value);
  return [outcome.violation === "duplicate-name" ? "an object in its body has a name twice" : "its body is not JSON"];
}

/** The place and the problem, never a value of the response. */
function toViolation({ instancePath, message, params }: ErrorObject): string {
  const { additionalProperty } = asRecord(params);
  return `#${instancePath} ${message}${additionalProperty === undefined ? "" : ` (${additionalProperty})`}`;
}
