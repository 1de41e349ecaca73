import { asRecord, type JsonObject } from "../../../contract/document/json.ts";
import { keysIn, needsOtherCredential, type Operation } from "../../../contract/model/operations.ts";
import type { FoundOperation, Outline } from "../../../contract/model/outline.ts";

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

/** The validator requires `responses`. */
export const UNDECLARED = { responses: { default: { description: "Not checked here." } } };

/**
 * What a parameter does not say about its style, written out as OpenAPI defines it: the validator assumes `explode` in
 * each query, and no style in headers and cookies. Commas separate the items of a list in a path, exploded or not.
 */
export function writtenStyle({ in: where, content, style, explode }: JsonObject): JsonObject {
  if (content !== undefined) return {};
  if (where === "header") return { style: style ?? "simple", explode: false };
  if (where === "cookie") return { style: style ?? "form" };
  if (where === "path") return style === undefined || style === "simple" ? { explode: false } : {};
  return style === undefined || style === "form" || style === "deepObject" ? {} : { explode: explode ?? false };
}
