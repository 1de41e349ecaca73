import type { InvalidRequest } from "../../../contract/judge/judge.ts";
import type { InvalidPart } from "../../../problem/problem.ts";

/** How the validator reports an invalid request. Invalid replies and its own faults have the status 500. */
type ValidationError = {
  readonly status?: unknown;
  readonly path?: unknown;
  readonly message?: unknown;
  readonly errors?: readonly { readonly path?: unknown; readonly message?: unknown }[];
};

const MAX_PARTS = 20;

/** What the validator reports about a request; undefined for an error that is a fault. */
export function toInvalidRequest(error: unknown): InvalidRequest | undefined {
  // Safe for any error: every field is optional, and read as unknown.
  const failure = error as ValidationError;
  if (failure?.status !== 400) return undefined;
  const [first = failure, ...others] = failure.errors ?? [];
  const part = toPart(first);
  return {
    kind: "invalid",
    detail: `The request does not match the contract: ${part.detail}.`,
    parts: [part, ...others.slice(0, MAX_PARTS - 1).map(toPart)],
  };
}

function toPart({ path, message }: Pick<ValidationError, "path" | "message">): InvalidPart {
  return {
    detail: printable(String(message), 500) || "is not valid",
    pointer: toPointer(printable(String(path), 200)),
  };
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
