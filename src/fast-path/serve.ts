import type { ServerResponse } from "node:http";
import { isRefunded } from "../http/message/refund.ts";
import type { ApiKey } from "../keys/key.ts";
import type { Begin } from "./begin.ts";
import type { Exits } from "./exits.ts";
import type { FastRequest } from "./fast-request.ts";
import type { Candidate } from "./recognize.ts";

type ServeDeps = Begin & {
  /** Takes the cost of the request, then reads its body and runs its handler. */
  readonly charge: (request: FastRequest) => void;
  readonly fail: Exits["fail"];
};

/** Serves a request whose key is admitted. @returns false if the stages have to: then it is untouched. */
export function createServe({ begin, observe, charge, fail }: ServeDeps) {
  return (candidate: Candidate, res: ServerResponse, outcome: Admitted): boolean => {
    const { req, head, route, pathParams, query = "" } = candidate;
    const { key } = outcome;
    // The stages tell the client when its key is about to end.
    if (key.successorId !== null) return false;
    const compiled = route.compiled();
    const parameters = compiled?.readParameters(query, pathParams);
    if (compiled === undefined || parameters === undefined) return false;

    const exchange = begin(candidate, outcome);
    const request: FastRequest = {
      req,
      res,
      head,
      route,
      compiled,
      parameters,
      key,
      exchange,
      limits: NO_LIMITS,
      verdict: undefined,
    };
    observe(request, () => {
      if (isRefunded(res, exchange)) request.verdict?.refund();
    });
    try {
      charge(request);
    } catch (error) {
      fail(request, error);
    }
    return true;
  };
}

type Admitted = { readonly kind: "admitted"; readonly key: ApiKey };

const NO_LIMITS: FastRequest["limits"] = {};
