import type { IncomingMessage } from "node:http";
import { mayContainKeys } from "../../keys/format.ts";
import { newId } from "../../keys/generate.ts";
import type { RandomBytes } from "../../lib/random.ts";

/** The id of one request: in its response, in the log and in `getDecision`. */
export function newRequestId(random: RandomBytes): string {
  return newId("req", random);
}

export type FindRequestId = (req: Pick<IncomingMessage, "headersDistinct">) => string;

/**
 * Finds the id of a request: the `X-Request-Id` of a trusted proxy, so that its log and this one name the request alike,
 * or a new one. Without a trusted proxy the header is a claim of the client, and ignored.
 */
export function createFindRequestId(trustedHops: number, random: RandomBytes): FindRequestId {
  if (trustedHops === 0) return () => newRequestId(random);
  return ({ headersDistinct }) => {
    const [sent = "", ...others] = headersDistinct["x-request-id"] ?? [];
    return others.length === 0 && isUsable(sent) ? sent : newRequestId(random);
  };
}

/** Ids are shown and logged as they are, so what may be a key is not one. */
function isUsable(text: string): boolean {
  return REQUEST_ID.test(text) && !mayContainKeys(text);
}

const REQUEST_ID = /^[0-9A-Za-z._-]{1,128}$/;
