import { asRecord, type JsonObject } from "../../../contract/document/json.ts";
import { mayBeJudged } from "../../../contract/model/bodies/operation-body.ts";
import type { Operation } from "../../../contract/model/operations.ts";
import type { FoundOperation, Outline } from "../../../contract/model/outline.ts";
import { keyAlternatives, keysIn } from "../../../contract/model/security.ts";

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
  // Otherwise the validator would take a fallback for a scheme that any key meets.
  const forKeys = keyAlternatives(
    keySchemes,
    requirements.filter((one) => Object.keys(one).length > 0),
  );
  const isCounted = (one: JsonObject) => forKeys.includes(one) || keysIn(keySchemes, one).length === 0;
  const withoutLogin = (requirement: JsonObject) => {
    const keys = keysIn(keySchemes, requirement);
    return keys.length === 0 ? requirement : Object.fromEntries(keys.map((name) => [name, requirement[name]]));
  };
  return { security: requirements.filter(isCounted).map(withoutLogin) };
}

/**
 * The media type under which the validator knows the bodies of a declared media type: it does not read all of those that a
 * contract may declare. Undefined for one that is not judged.
 */
export function validatedType({ body }: Operation, name: string): string | undefined {
  const index = body?.media.findIndex((one) => one.name === name && mayBeJudged(one)) ?? -1;
  return index < 0 ? undefined : `application/x-body-${index}`;
}

/** The body without the media types that are streamed to the upstream. */
export function checkedBody(checked: Operation, { document }: Outline, { operation }: FoundOperation): JsonObject {
  const { body } = checked;
  if (body === undefined) return {};
  const requestBody = document.resolve(operation["requestBody"]) ?? {};
  const declared = Object.entries(asRecord(requestBody["content"]));
  const judged = declared.flatMap(([name, media]) => {
    const type = validatedType(checked, name);
    return type === undefined ? [] : [[type, document.resolve(media)] as const];
  });
  if (judged.length === 0) return { requestBody: undefined };
  // Without `required`, the validator reports a missing body as one with a wrong type. Where some bodies are streamed, the
  // stage `body` has checked whether there must be one.
  const required = judged.length === declared.length && body.isRequired;
  return { requestBody: { ...requestBody, required, content: Object.fromEntries(judged) } };
}

/** The validator requires `responses`. */
export const UNDECLARED = { responses: { default: { description: "Not checked here." } } };
