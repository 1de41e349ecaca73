import { etagOf, isEntityTagList, matchesEtag } from "./etag.ts";

/** RFC 6585 §3. */
const IF_MATCH_MISSING = {
  problem: "precondition-required",
  detail: "The header If-Match is missing; send the ETag of the version you read, or * to skip this check.",
} as const;

/** Shells and other programs often remove the quotes. */
const IF_MATCH_INVALID = {
  problem: "request-invalid",
  detail: `The header If-Match is not valid; send the ETag with its quotes: If-Match: "3pXKb0mB0gG8uJq2d1wTzQ".`,
  errors: [{ detail: "must be the ETag with its quotes, or *", pointer: "#/header/if-match" }],
} as const;

/** The value of If-Match if it is there and valid; otherwise the response. */
export function checkIfMatch(ifMatch: string | undefined) {
  if (ifMatch === undefined) return IF_MATCH_MISSING;
  return isEntityTagList(ifMatch) ? ifMatch : IF_MATCH_INVALID;
}

/** RFC 9110 §15.5.13. */
export const VERSION_OUTDATED = {
  problem: "precondition-failed",
  detail:
    "The resource has changed since the version in If-Match. Read it again, then repeat the update if it still applies.",
} as const;

/** Whether an item is still the version that If-Match names. `updateKey` and `updateClient` check it in their transaction. */
export function createIsCurrent<T>(ifMatch: string, viewOf: (item: T) => object): (item: T) => boolean {
  return (item) => matchesEtag(ifMatch, etagOf(viewOf(item)));
}

/** The response that shows a resource, with the ETag that a change of it has to name. */
export function toVersionedReply<View extends object>(view: View) {
  return { status: 200, body: view, etag: etagOf(view) } as const;
}
