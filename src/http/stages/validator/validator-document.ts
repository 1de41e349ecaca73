import { asRecord, type JsonObject } from "../../../contract/document/json.ts";
import { hasLogin, keysIn, toOperation } from "../../../contract/model/operations.ts";
import { type FoundOperation, type Outline, toOutline } from "../../../contract/model/outline.ts";

/** A handler of ours, one of the host app, or another program whose responses do not pass through the validator. */
export type Responder = "built-in" | "app-handler" | "elsewhere";

/**
 * The contract as the validator needs it: the answers that `res.json` sends. Problems do not go through it, and
 * compiling their schemas for every operation would take most of the start.
 */
export function toValidatorDocument(document: JsonObject, responderOf: (id: string) => Responder): JsonObject {
  const copy = structuredClone(document);
  const outline = toOutline(copy);
  for (const found of outline.operations) {
    const { operation } = found;
    Object.assign(operation, checkedPartOf(outline, found));
    setHeaderStyles(outline, found);
    const responder = responderOf(String(operation["operationId"]));
    if (responder === "elsewhere") Object.assign(operation, { responses: UNDECLARED });
    // The validator cannot do without; then every response with a body is undeclared.
    else if (operation["responses"] === undefined) Object.assign(operation, { responses: UNDECLARED });
    if (responder !== "built-in") continue;
    const responses = Object.entries(asRecord(operation["responses"]));
    const kept = responses.filter(([status]) => /^[23]/.test(status));
    if (kept.length > 0) Object.assign(operation, { responses: Object.fromEntries(kept) });
  }
  return withLiteralPaths(copy);
}

/** The only style of headers, and its default; a list is the same text whether it explodes or not. The validator knows neither. */
function setHeaderStyles({ document }: Outline, { parameters }: FoundOperation) {
  for (const { place, parameter } of parameters) {
    const { in: where, content, style = "simple" } = parameter;
    if (where !== "header" || content !== undefined) continue;
    Object.assign(asRecord(document.findAt(place)), { style, explode: false });
  }
}

const UNDECLARED = { default: { description: "Whatever the upstream says." } };

/** Characters that mean something to the validator's routes, and that may stand in a path as they are (RFC 3986 §3.3). */
const MEANINGFUL = /[+!]/g;

function withLiteralPaths(document: JsonObject): JsonObject {
  const paths = Object.entries(asRecord(document["paths"]));
  return {
    ...document,
    paths: Object.fromEntries(paths.map(([path, item]) => [path.replaceAll(MEANINGFUL, "\\$&"), item])),
  };
}

/** What of an operation the validator is to look at: neither a security that is not ours, nor a body that is not read. */
function checkedPartOf(outline: Outline, found: FoundOperation): JsonObject {
  const { isPassedOn, body } = toOperation(outline, found);
  const requestBody = outline.document.resolve(found.operation["requestBody"]) ?? {};
  const read = Object.entries(asRecord(requestBody["content"])).filter(([type]) =>
    body?.mediaTypes.includes(type.toLowerCase()),
  );
  const isWhole = read.length === Object.keys(asRecord(requestBody["content"])).length;
  return {
    ...(isPassedOn ? { security: [] } : securityOf(outline, found)),
    // Without the word the validator takes a missing body for one of a wrong type.
    ...(body && isWhole && { requestBody: { ...requestBody, required: body.isRequired } }),
    // Whether there must be a body that is not read, the step before says.
    ...(body && !isWhole && { requestBody: toRead(requestBody, read) }),
  };
}

/** Without the schemes that are the upstream's to look at. Where a requirement asks for no key of ours, all of it stays. */
function securityOf({ keySchemes }: Outline, { requirements }: FoundOperation): JsonObject {
  if (!requirements.some((requirement) => hasLogin(keySchemes, requirement))) return {};
  const withoutLogin = (requirement: JsonObject) => {
    const keys = keysIn(keySchemes, requirement);
    return keys.length === 0 ? requirement : Object.fromEntries(keys.map((name) => [name, requirement[name]]));
  };
  return { security: requirements.map(withoutLogin) };
}

function toRead(requestBody: JsonObject, read: readonly (readonly [string, unknown])[]) {
  return read.length === 0 ? undefined : { ...requestBody, required: false, content: Object.fromEntries(read) };
}
