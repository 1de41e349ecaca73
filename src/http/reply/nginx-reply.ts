/** A problem document, and the status that belongs to it. */
type ProblemDocument = { readonly status: number; readonly errors?: unknown };

/** nginx takes every refusal but these for a fault of the service that it asked, and answers 500. */
const UNDERSTOOD_BY_NGINX: readonly number[] = [401, 403];

/**
 * A refusal in the form that nginx's `auth_request` understands. It drops the body, so the status and the document that
 * the caller is to get travel in headers: docs/sidecar/nginx.conf makes the answer out of them.
 */
export function toNginxReply(document: ProblemDocument) {
  const status = UNDERSTOOD_BY_NGINX.includes(document.status) ? document.status : 403;
  return {
    status,
    headers: { "X-Latchkey-Status": String(document.status), "X-Latchkey-Problem": toHeaderValue(document) },
    text: JSON.stringify({ ...document, status }),
  };
}

/** In bytes: together with the other headers it must fit into 4 KiB, nginx's buffer for the head of an answer. */
const LONGEST_PROBLEM = 2_048;

/** JSON in ASCII; of a document that is too long only its members of fixed length. */
function toHeaderValue(document: ProblemDocument): string {
  const { errors: _errors, ...withoutErrors } = document;
  const { detail: _detail, ...short } = withoutErrors as ProblemDocument & { readonly detail?: string };
  const texts = [document, withoutErrors, short].map(toAsciiJson);
  return texts.find((text) => text.length <= LONGEST_PROBLEM) ?? "";
}

function toAsciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
