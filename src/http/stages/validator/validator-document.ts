import { asRecord, type JsonObject } from "../../../contract/document/json.ts";
import { keysIn, needsOtherCredential, type Operation, toOperation } from "../../../contract/model/operations.ts";
import { type FoundOperation, type Outline, toOutline } from "../../../contract/model/outline.ts";

/**
 * What responds to an operation: a built-in handler, a handler of the host app, or something whose responses do not pass
 * through the validator: an upstream, or a route of the host app.
 */
export type Responder = "built-in" | "app-handler" | "elsewhere";

/**
 * A copy of the contract for the validator. Of the responses of built-in operations it has only the successful ones:
 * problems do not pass through the validator, and compiling their schemas would take most of the start.
 */
export function toValidatorDocument(document: JsonObject, responderOf: (id: string) => Responder): JsonObject {
  const copy = structuredClone(document);
  const outline = toOutline(copy);
  for (const found of outline.operations) {
    const operation = toOperation(outline, found);
    Object.assign(found.operation, {
      ...checkedSecurity(operation, outline, found),
      ...checkedBody(operation, outline, found),
      ...checkedResponses(found.operation["responses"], responderOf(operation.id)),
    });
    setHeaderStyles(outline, found);
  }
  return withLiteralPaths(copy);
}

/**
 * The security without the schemes that the upstream checks. A requirement of only such schemes stays whole: without it,
 * the operation would look public.
 */
export function checkedSecurity(
  { isPassthrough }: Operation,
  { keySchemes }: Outline,
  { requirements }: FoundOperation,
): JsonObject {
  if (isPassthrough) return { security: [] };
  if (!requirements.some((requirement) => needsOtherCredential(keySchemes, requirement))) return {};
  const withoutLogin = (requirement: JsonObject) => {
    const keys = keysIn(keySchemes, requirement);
    return keys.length === 0 ? requirement : Object.fromEntries(keys.map((name) => [name, requirement[name]]));
  };
  return { security: requirements.map(withoutLogin) };
}

/** The body without the media types that are streamed to the upstream. */
export function checkedBody({ body }: Operation, { document }: Outline, { operation }: FoundOperation): JsonObject {
  if (body === undefined) return {};
  const requestBody = document.resolve(operation["requestBody"]) ?? {};
  const declared = Object.entries(asRecord(requestBody["content"]));
  const checked = declared.filter(([type]) => body.mediaTypes.includes(type.toLowerCase()));
  // Without `required`, the validator reports a missing body as one with a wrong type.
  if (checked.length === declared.length) return { requestBody: { ...requestBody, required: body.isRequired } };
  if (checked.length === 0) return { requestBody: undefined };
  // The stage `body` has checked whether there must be one.
  return { requestBody: { ...requestBody, required: false, content: Object.fromEntries(checked) } };
}

/** The validator requires `responses`; with these, every response with a body is undeclared. */
export const UNDECLARED = { responses: { default: { description: "Not checked here." } } };

function checkedResponses(responses: unknown, responder: Responder): JsonObject {
  if (responder === "elsewhere" || responses === undefined) return UNDECLARED;
  if (responder === "app-handler") return {};
  const successful = Object.entries(asRecord(responses)).filter(([status]) => /^[23]/.test(status));
  return successful.length === 0 ? {} : { responses: Object.fromEntries(successful) };
}

function setHeaderStyles({ document }: Outline, { parameters }: FoundOperation) {
  for (const { place, parameter } of parameters) {
    Object.assign(asRecord(document.findAt(place)), headerStyle(parameter));
  }
}

/** The only style of header parameters, which the validator does not assume; `explode` changes nothing. */
export function headerStyle({ in: where, content, style = "simple" }: JsonObject): JsonObject {
  return where !== "header" || content !== undefined ? {} : { style, explode: false };
}

/** Characters with a special meaning in the validator's routes that a path may contain (RFC 3986 §3.3). */
const SPECIAL = /[+!]/g;

function withLiteralPaths(document: JsonObject): JsonObject {
  const paths = Object.entries(asRecord(document["paths"]));
  return {
    ...document,
    paths: Object.fromEntries(paths.map(([path, item]) => [path.replaceAll(SPECIAL, "\\$&"), item])),
  };
}
