import type { IncomingMessage } from "node:http";
import type { Identity } from "../auth/identify.ts";
import type { Peer } from "../http/message/peer.ts";
import { MAX_BODY_BYTES } from "../http/message/unread-body.ts";
import { JSON_MEDIA_TYPE } from "../lib/http/media-types.ts";
import type { CachedIdentity } from "./cached-identity.ts";
import type { FastRoute } from "./compiled/fast-route.ts";
import type { FindRoute } from "./compiled/route-table.ts";
import type { FindPeer } from "./message/find-peer.ts";
import type { Head, ReadHead } from "./message/read-head.ts";

export type RecognizeDeps = {
  readonly readHead: ReadHead;
  readonly findRoute: FindRoute;
  readonly findPeer: FindPeer;
  readonly identify: CachedIdentity["identify"];
};

/** An ordinary request for an operation of the fast path, and who sent it. */
export type Candidate = {
  readonly req: IncomingMessage;
  readonly head: Head;
  readonly route: FastRoute;
  readonly pathParams: Readonly<Record<string, string>>;
  /** Without the question mark; undefined when the target has none. */
  readonly query: string | undefined;
  readonly peer: Peer;
  readonly identity: Identity;
};

/**
 * Recognizes requests that the fast path may serve or refuse.
 * @returns undefined for all other requests, which are left untouched.
 */
export function createRecognize({ readHead, findRoute, findPeer, identify }: RecognizeDeps) {
  return (req: IncomingMessage): Candidate | undefined => {
    const head = readHead(req);
    if (head === undefined) return undefined;
    const { url = "", method = "" } = req;
    const mark = url.indexOf("?");
    const found = findRoute(method, mark < 0 ? url : url.slice(0, mark));
    if (found === undefined) return undefined;
    const { route, pathParams } = found;
    if (head.carrier !== "" && head.carrier !== route.carrier.name) return undefined;
    if (!hasOrdinaryBody(head, route)) return undefined;

    const peer = findPeer(req);
    const identity = peer && identify(head.key, peer.address);
    if (peer === undefined || identity === undefined) return undefined;
    return { req, head, route, pathParams, query: mark < 0 ? undefined : url.slice(mark + 1), peer, identity };
  };
}

const JSON_TYPES: readonly (string | undefined)[] = [
  JSON_MEDIA_TYPE,
  `${JSON_MEDIA_TYPE}; charset=utf-8`,
  `${JSON_MEDIA_TYPE};charset=utf-8`,
  `${JSON_MEDIA_TYPE}; charset=UTF-8`,
  `${JSON_MEDIA_TYPE};charset=UTF-8`,
];

/**
 * Whether the body is as the operation declares it: none at all, or JSON of a known length.
 */
function hasOrdinaryBody({ contentLength, contentType }: Head, { operation: { body } }: FastRoute): boolean {
  if (body === undefined) return contentLength === 0;
  const isReadable = contentLength > 0 && contentLength <= MAX_BODY_BYTES;
  return isReadable && JSON_TYPES.includes(contentType) && body.mediaTypes.includes(JSON_MEDIA_TYPE);
}
