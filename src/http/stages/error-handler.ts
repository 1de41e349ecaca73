import type { ErrorRequestHandler } from "express";
import { LimiterUnavailable } from "../../limits/limiter.ts";
import type { InvalidPart, Problem } from "../../problem/problem.ts";
import { StoreFailure } from "../../store/database/failure.ts";
import { noteStoreFailure } from "../message/refund.ts";
import type { SendProblem } from "../reply/send-problem.ts";

/** Responds to every error of the pipeline: an invalid request that the validator found, or a fault. */
export function errorHandler(sendProblem: SendProblem): ErrorRequestHandler {
  return (error, req, res, _next) => {
    noteStoreFailure(req, error);
    sendProblem(req, res, toProblem(error), { cause: error });
  };
}

/** The problem for an error. For a fault it does not mention the cause, which is in the log. */
export function toProblem(error: unknown): Problem {
  if (error instanceof StoreFailure) {
    return { code: "unavailable", detail: "The service cannot reach its database right now; try again in a moment." };
  }
  if (error instanceof LimiterUnavailable) {
    return { code: "unavailable", detail: "The service cannot check its limits right now; try again in a moment." };
  }
  const parts = invalidParts(error);
  if (parts.length > 0) {
    return {
      code: "request-invalid",
      detail: `The request does not match the contract: ${parts[0]?.detail}.`,
      errors: parts,
    };
  }
  return {
    code: "internal-error",
    detail:
      "The service failed to handle the request; give the requestId to its operator, who finds the cause in the log.",
  };
}

/** How the validator reports an invalid request. Invalid replies and its own faults have the status 500. */
type ValidationError = {
  readonly status?: unknown;
  readonly path?: unknown;
  readonly message?: unknown;
  readonly errors?: readonly { readonly path?: unknown; readonly message?: unknown }[];
};

const MAX_PARTS = 20;

function invalidParts(error: unknown): readonly InvalidPart[] {
  // Safe for any error: every field is optional, and read as unknown.
  const failure = error as ValidationError;
  if (failure?.status !== 400) return [];
  const parts = failure.errors?.length ? failure.errors : [failure];
  return parts.slice(0, MAX_PARTS).map(({ path, message }) => ({
    detail: printable(String(message), 500) || "is not valid",
    pointer: toPointer(printable(String(path), 200)),
  }));
}

/** `/query/limit` → `#/query/limit`, `/params/keyId` → `#/path/keyId`, and within the body `/body/name` → `#/name`. */
function toPointer(path: string): string {
  const [, place = "", rest = ""] = /^\/([^/]*)(.*)$/.exec(path) ?? [];
  return place === "body" ? `#${rest}` : `#/${PLACES[place] ?? place}${rest}`;
}

const PLACES: Readonly<Record<string, string>> = { params: "path", headers: "header" };

/** Names of parameters come from the caller and may contain anything. */
function printable(text: string, mostCharacters: number): string {
  return text.replaceAll(/[^ -~]/g, "?").slice(0, mostCharacters);
}
