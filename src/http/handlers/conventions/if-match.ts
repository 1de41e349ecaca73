import { etagOf, isNamedBy } from "./etag.ts";

/** RFC 6585 §3. */
export const NO_PRECONDITION = {
  problem: "precondition-required",
  detail:
    "Send the ETag of what you looked at in the header If-Match, or If-Match with * to change it whatever it is now.",
} as const;

/** Which shells and programs take off. */
export const NOT_QUOTED = {
  problem: "request-invalid",
  detail: `The header If-Match takes the ETag with its quotes, as it was sent: If-Match: "3pXKb0mB0gG8uJq2d1wTzQ".`,
  errors: [{ detail: "must be the ETag with its quotes, or *", pointer: "#/header/if-match" }],
} as const;

/** RFC 9110 §15.5.13. */
export const CHANGED_MEANWHILE = {
  problem: "precondition-failed",
  detail: "It is not any more what If-Match says; get it again, and decide anew.",
} as const;

/** What `updateKey` and `updateClient` ask inside their transaction: is this still what the caller looked at? */
export function toIsCurrent<T>(ifMatch: string, viewOf: (item: T) => object): (item: T) => boolean {
  return (item) => isNamedBy(ifMatch, etagOf(viewOf(item)));
}

/** The answer that shows something, with what a change of it has to name. */
export function toCurrent<View extends object>(view: View) {
  return { status: 200, body: view, etag: etagOf(view) } as const;
}
