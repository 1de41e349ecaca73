import { once } from "../../lib/async/once.ts";
import { parseUnambiguousJson } from "../../lib/json/strict-json.ts";
import type { Pointer } from "../document/finding.ts";
import { asRecord } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";
import { isUtf8, JSON_TYPE, type MediaType, parseMediaType, specificityOf } from "../model/bodies/media-types.ts";
import type { Operation } from "../model/operations.ts";
import type { FoundOperation, Outline } from "../model/outline.ts";
import { pathTo, type Violation } from "./exact/evaluation.ts";
import { createEvaluator } from "./exact/evaluator.ts";
import { requireTargets } from "./schemas/require-targets.ts";

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

/** The media types and ranges of a response. */
type Declared = readonly { readonly type: MediaType; readonly validate: Validate | undefined }[];

const MAX_VIOLATIONS = 10;

/**
 * Checks for responses by operationId, against what the contract declares. A schema is compiled for its first response.
 * @throws Error when a reference of a schema leads nowhere.
 */
export function createResponseChecks(
  outline: Outline,
  operations: readonly Pick<Operation, "id">[],
): ReadonlyMap<string, ResponseCheck> {
  const { document } = outline;
  const evaluator = createEvaluator(document, "writeOnly");
  const followed = new Set<unknown>();
  const compile = (pointer: Pointer): Validate => {
    requireTargets(document, document.findAt(pointer), followed);
    const evaluation = once(() => evaluator.at(pointer));
    return (body) => evaluation().violationsOf(body).slice(0, MAX_VIOLATIONS).map(toViolation);
  };

  const wanted = new Set(operations.map(({ id }) => id));
  const found = outline.operations.filter(({ id }) => wanted.has(id));
  return new Map(found.map((one) => [one.id, checkOf(declaredResponses(document, one, compile))]));
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
      const validate = hasSchema ? compile([...place, "content", type, "schema"]) : undefined;
      return { type: parseMediaType(type) ?? { essence: mediaTypeOf(type), parameters: NO_PARAMETERS }, validate };
    });
    return [status.toUpperCase(), types] as const;
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
    if (contentType === undefined)
      return declared.length === 0 ? { kind: "empty" } : violation("it has no Content-Type");
    if (declared.length === 0) return violation("it has a body, but none is declared");

    const sent = parseMediaType(contentType);
    const found = sent && mostSpecific(declared, sent);
    if (sent === undefined || found === undefined)
      return violation(`the media type ${contentType.slice(0, 100)} is not declared`);
    const { validate } = found;
    if (validate === undefined || !JSON_TYPE.test(sent.essence)) return FINE;
    if (!isUtf8(sent.parameters.get("charset") ?? "utf-8")) return violation("its charset is not UTF-8");
    return { kind: "json", check: (body) => checkJson(body, validate) };
  };
}

const FINE = { kind: "fine" } as const;

function violation(text: string): HeadVerdict {
  return { kind: "violation", violation: text };
}

/** As for requests: of those that match, the one that says most. */
function mostSpecific(declared: Declared, sent: MediaType): Declared[number] | undefined {
  const matching = declared.flatMap((one) => {
    const specificity = specificityOf(one.type, sent);
    return specificity === undefined ? [] : [{ one, specificity }];
  });
  return matching.toSorted((first, second) => second.specificity - first.specificity)[0]?.one;
}

const NO_PARAMETERS: ReadonlyMap<string, string> = new Map();

function mediaTypeOf(text: string): string {
  return (text.split(";", 1)[0] ?? "").trim().toLowerCase();
}

/** The bytes are passed on as they are, so they must mean nothing else than the parsed value. */
function checkJson(body: Uint8Array, validate: Validate): readonly string[] {
  const outcome = parseUnambiguousJson(body);
  if (outcome.kind === "parsed") return validate(outcome.value);
  return [outcome.violation === "duplicate-name" ? "an object in its body has a name twice" : "its body is not JSON"];
}

/** The place and the problem, never a value of the response. */
function toViolation({ place, message }: Violation): string {
  return `#${pathTo(place)} ${message}`;
}
