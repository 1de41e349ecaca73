import type { IncomingMessage, ServerResponse } from "node:http";
import { REFUSALS, type Refusal } from "../../auth/authorize.ts";
import type { FailedKeyLimiter } from "../../auth/failed-key-limiter.ts";
import type { Operation } from "../../contract/model/operations.ts";
import type { Carrier, KeySchemes } from "../../contract/model/schemes.ts";
import { PROBLEMS } from "../../problem/catalog.ts";
import { exchangeOf } from "../message/exchange.ts";
import { toSeconds } from "./limit-headers.ts";
import type { SendProblem } from "./send-problem.ts";

type Details = {
  readonly [Kind in Refusal["kind"]]: (refusal: Extract<Refusal, { kind: Kind }>, carrier: Carrier) => string;
};

/** What each refusal tells the caller: why, and the cure. Never what was sent, never whether a key exists. */
const DETAILS: Details = {
  "key-missing": (_, { in: place, name }) =>
    place === "header"
      ? `Send your API key in the header ${name}.`
      : `Send your API key as the query parameter ${name}.`,
  "key-ambiguous": () => "Send one API key, once.",
  "key-in-query": ({ parameter }, { name }) =>
    `Take ${parameter} out of the URL and send your API key in the header ${name}. The key in the URL may be in logs by now; have it replaced.`,
  "key-invalid": () => "Check that you copied the whole key; ask whoever issued it for another one if you did.",
  "key-expired": () => "The key was valid until a date that has passed; ask whoever issued it for a new one.",
  "key-revoked": () => "The key was withdrawn for good; ask whoever issued it for a new one.",
  "key-disabled": () => "The key is paused; ask whoever issued it to enable it again.",
  "client-disabled": () =>
    "The client that holds this key is paused; ask whoever runs this service to enable it again.",
  "address-refused": () => "This key may not be used from your address; ask whoever issued it to allow it.",
  "environment-refused": ({ key }) =>
    `This service does not accept ${key.environment} keys; use one of another environment.`,
  "scope-missing": ({ scopes }) => `This key lacks the scope ${scopes.join(", ")}; ask for a key that has it.`,
  unavailable: () => "The key cannot be checked right now; try again in a moment.",
};

/** Answers a request that is not admitted. */
export type Refuse = (req: IncomingMessage, res: ServerResponse, refusal: Refusal) => void;

export function createRefuse(schemes: KeySchemes, sendProblem: SendProblem, failedKeys: FailedKeyLimiter): Refuse {
  const header = Object.values(schemes).find((carrier) => carrier.in === "header") ?? AUTHORIZATION;
  return (req, res, refusal) => {
    const { operation, identity, peer } = exchangeOf(req);
    const waitMs = REFUSALS[refusal.kind].isFailedKey ? failedKeys.fail(peer.address) : 0;
    // Who shows a key that was once good is told what became of it, however many others fail from there.
    if (waitMs > 0 && refusal.kind === "key-invalid") {
      return sendProblem(req, res, TOO_MANY_FAILURES, { headers: { "Retry-After": String(toSeconds(waitMs)) } });
    }
    const detail = (DETAILS[refusal.kind] as (refusal: Refusal, carrier: Carrier) => string)(
      refusal,
      carrierFor(operation, schemes) ?? header,
    );
    const isUnauthorized = PROBLEMS[refusal.kind].status === 401;
    sendProblem(
      req,
      res,
      { code: refusal.kind, detail },
      {
        ...(isUnauthorized && {
          headers: { "WWW-Authenticate": challenge(identity?.kind !== "none") },
          members: { error: operation?.unauthorizedError ?? "Unauthorized" },
        }),
        cause: refusal.kind === "unavailable" ? refusal.cause : undefined,
        keyId: "key" in refusal ? refusal.key.id : undefined,
      },
    );
  };
}

export const TOO_MANY_FAILURES = {
  code: "too-many-failures",
  detail: "Wait before you try another key; one that is valid works at any time.",
} as const;

/** RFC 9110 §11.6.1: every 401 challenges. RFC 6750 §3.1: an error code only when a key was sent. */
function challenge(wasKeySent: boolean): string {
  return wasKeySent ? 'Bearer realm="latchkey", error="invalid_token"' : 'Bearer realm="latchkey"';
}

/** What HTTP knows, where the contract has no header. */
const AUTHORIZATION: Carrier = { in: "header", name: "authorization" };

/** Where to send the key, as the operation asks; those that ask for none leave it to the contract's header. */
function carrierFor(operation: Operation | undefined, schemes: KeySchemes): Carrier | undefined {
  return operation?.schemes.flatMap((name) => schemes[name] ?? [])[0];
}
