import { REFUSALS, type Refusal } from "../../auth/authorize.ts";
import type { FailedKeyLimiter } from "../../auth/failed-key-limiter.ts";
import { type Carrier, headerCarriersOf, type KeySchemes } from "../../contract/model/schemes.ts";
import { PROBLEMS } from "../../problem/catalog.ts";
import type { Problem } from "../../problem/problem.ts";
import type { Exchange } from "../message/exchange.ts";
import { toSeconds } from "./limit-headers.ts";
import { type ProblemReply, problemReply } from "./reply.ts";

type Details = {
  readonly [Kind in Refusal["kind"]]: (refusal: Extract<Refusal, { kind: Kind }>, carrier: Carrier) => string;
};

/** What each refusal tells the caller: the reason, then what to do. Never what was sent, never whether a key exists. */
const DETAILS: Details = {
  "key-missing": (_, carrier) => `The request has no API key; send yours ${placeOf(carrier)}.`,
  "key-ambiguous": () => "The request has more than one API key; send one key, once.",
  "key-in-query": ({ parameter }, carrier) =>
    `An API key in the URL is not accepted here: remove ${parameter}, and send the key ${placeOf(carrier)}. The key may be in logs by now; have it replaced.`,
  "key-invalid": () => "The key is not valid here; check that you copied all of it, or ask its issuer for a new one.",
  "key-expired": () => "The key has expired; ask its issuer for a new one.",
  "key-revoked": () => "The key was revoked, which cannot be undone; ask its issuer for a new one.",
  "key-disabled": () => "The key is disabled; ask its issuer to enable it.",
  "client-disabled": () => "The client that holds this key is disabled; ask the operator of this service to enable it.",
  "address-refused": () => "This key may not be used from your address; ask its issuer to allow the address.",
  "environment-refused": ({ key }) =>
    `This service does not accept ${key.environment} keys; use a key of another environment.`,
  "scope-missing": ({ scopes }) =>
    `This key lacks the scope ${scopes.join(", ")}; ask its issuer for a key that has it.`,
  unavailable: () => "The key cannot be checked right now; try again in a moment.",
};

/** `in the header x-api-key`, for messages. */
function placeOf({ in: place, name, word, basic }: Carrier): string {
  if (place === "query") return `as the query parameter ${name}`;
  if (place === "cookie") return `as the cookie ${name}`;
  if (basic !== undefined) return `as the ${BASIC_PARTS[basic]} of Basic credentials`;
  return word === undefined ? `in the header ${name}` : `in the header ${name}, after the word ${toTitle(word)}`;
}

const BASIC_PARTS = { "user-name": "user name", password: "password", either: "user name" } as const;

function toTitle(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}

/** The reply to a request that is not admitted. It counts failed keys against the address of the caller. */
export type Refuse = (exchange: Exchange, refusal: Refusal) => ProblemReply;

export function createRefuse(schemes: KeySchemes, failedKeys: FailedKeyLimiter): Refuse {
  const [header = AUTHORIZATION] = headerCarriersOf(schemes);
  return ({ operation, identity, peer }, refusal) => {
    const { check, isFailedKey } = REFUSALS[refusal.kind];
    const waitMs = isFailedKey ? failedKeys.countFailure(peer.address) : 0;
    // The holder of an expired, revoked or disabled key is told so, even if many other keys fail from this address.
    if (waitMs > 0 && refusal.kind === "key-invalid") {
      return problemReply(TOO_MANY_FAILURES, { headers: { "Retry-After": String(toSeconds(waitMs)) }, check });
    }
    const carrier = operation?.carriers[0] ?? header;
    const detail = detailOf(refusal, carrier);
    return problemReply(
      { code: refusal.kind, detail },
      {
        ...(PROBLEMS[refusal.kind].status === 401 && {
          headers: {
            "WWW-Authenticate": challenge(carrier, identity?.kind !== "none" && identity?.kind !== "other-credential"),
          },
          members: { error: operation?.unauthorizedError ?? "Unauthorized" },
        }),
        cause: refusal.kind === "unavailable" ? refusal.cause : undefined,
        keyId: "key" in refusal ? refusal.key.id : undefined,
        check,
      },
    );
  };
}

export const TOO_MANY_FAILURES = {
  code: "too-many-failures",
  detail:
    "Too many invalid keys came from your address; wait before you try another one. A valid key works at any time.",
} as const satisfies Problem;

function detailOf(refusal: Refusal, carrier: Carrier): string {
  // The compiler does not see that the function found by `kind` accepts the refusal of that kind.
  const toDetail = DETAILS[refusal.kind] as (refusal: Refusal, carrier: Carrier) => string;
  return toDetail(refusal, carrier);
}

/**
 * Every 401 has a challenge (RFC 9110 §11.6.1), in the scheme that the operation takes its key from; that of Bearer has an
 * error code only when a key was sent (RFC 6750 §3.1).
 */
function challenge({ word = "bearer", basic }: Carrier, wasKeySent: boolean): string {
  if (basic !== undefined) return 'Basic realm="latchkey", charset="UTF-8"';
  if (word !== "bearer") return `${toTitle(word)} realm="latchkey"`;
  return wasKeySent ? 'Bearer realm="latchkey", error="invalid_token"' : 'Bearer realm="latchkey"';
}

/** Where to send the key if the contract declares no header for it. */
const AUTHORIZATION: Carrier = { in: "header", name: "authorization" };
