import { PATH_AMBIGUOUS } from "../http/reply/path-problems.ts";
import type { ProblemCode } from "../problem/catalog.ts";
import type { Check } from "../usage/decision.ts";
import type { UpstreamOutcome } from "./upstream-port.ts";

/** Why a request that reached `forward` gets no response from its upstream. */
type FailureKind = Exclude<UpstreamOutcome["kind"], "response" | "not-admitted" | "body-refused">;

/** The problem that a client gets for each. */
export const FAILURES = {
  "ambiguous-path": PATH_AMBIGUOUS,
  unreachable: {
    code: "upstream-unreachable",
    detail: "Try again in a moment. If this persists, tell the operator of this service.",
  },
  busy: { code: "upstream-busy", detail: "Nothing was done; try again after the seconds in Retry-After." },
  "circuit-open": {
    code: "upstream-unavailable",
    detail: "Nothing was done; try again after the seconds in Retry-After.",
  },
  "slow-body": { code: "request-timeout", detail: "Send the body faster: at least 1,000 bytes a second." },
  broken: { code: "upstream-broken", detail: "Tell the operator of this service the request id." },
  undeclared: {
    code: "upstream-undeclared",
    detail: "The request may have been carried out; tell the operator of this service the request id.",
  },
  timeout: {
    code: "upstream-timeout",
    detail: "The request may have been carried out; check before you send it again.",
  },
} as const satisfies Record<FailureKind, { readonly code: ProblemCode; readonly detail: string }>;

/** After these the upstream certainly did nothing: it received no byte of the request. */
export const NOT_SENT: readonly UpstreamOutcome["kind"][] = ["ambiguous-path", "unreachable", "busy", "circuit-open"];

/** The problems that another stage might have found. */
export const CHECKS_OF_FAILURES: Partial<Readonly<Record<FailureKind, Check>>> = {
  "ambiguous-path": "match",
  "slow-body": "body",
};
