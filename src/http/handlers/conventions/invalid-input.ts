export const MUST_BE_TIMESTAMP = "must be a date-time of RFC 3339, such as 2027-01-31T12:00:00Z";

/** The response to a field of the body that the validator admits and the action refuses. */
export function invalidField(field: string, detail: string) {
  return invalid(`field ${field}`, `#/${field}`, detail);
}

/** The response to a query parameter that the validator admits and the operation refuses. */
export function invalidParameter(name: string, detail: string) {
  return invalid(`parameter ${name}`, `#/query/${name}`, detail);
}

function invalid(what: string, pointer: string, detail: string) {
  return { problem: "request-invalid", detail: `The ${what} ${detail}.`, errors: [{ detail, pointer }] } as const;
}
