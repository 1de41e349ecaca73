/** A problem document (RFC 9457) with the members that are read here. */
type ProblemDocument = { readonly status: number; readonly detail?: unknown; readonly errors?: unknown };

/** nginx takes any other refusal for a fault of the service that it asked, and responds with 500. */
const UNDERSTOOD_BY_NGINX: readonly number[] = [401, 403];

/**
 * A refusal in the form that nginx's `auth_request` understands. nginx drops the body, so the status and the document
 * for the caller are in headers, from which docs/sidecar/nginx.conf makes the response.
 */
export function toNginxReply(document: ProblemDocument) {
  const status = UNDERSTOOD_BY_NGINX.includes(document.status) ? document.status : 403;
  return {
    status,
    headers: { "X-Latchkey-Status": String(document.status), "X-Latchkey-Problem": toHeaderValue(document) },
    text: JSON.stringify({ ...document, status }),
  };
}

/** In bytes. Together with the other headers it must fit into 4 KiB, nginx's buffer for the head of a response. */
const LONGEST_PROBLEM = 2_048;

/** JSON in ASCII. A document that is too long loses its errors, then its detail too. */
function toHeaderValue(document: ProblemDocument): string {
  const { errors: _errors, ...withoutErrors } = document;
  const { detail: _detail, ...short } = withoutErrors;
  const texts = [document, withoutErrors, short].map(toAsciiJson);
  return texts.find((text) => text.length <= LONGEST_PROBLEM) ?? "";
}

function toAsciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
