import type { HeadVerdict, ResponseCheck } from "../contract/judge/response-check.ts";
import type { Log } from "../lib/log/log.ts";
import type { Upstream, UpstreamOutcome, UpstreamRequest, UpstreamResponse } from "./upstream-port.ts";

/** The largest response that is read in order to check it, in bytes. */
export const MAX_CHECKED_BYTES = 1_048_576;

type CheckDeps = {
  /** By operationId, for operations whose responses are checked. */
  readonly checks: ReadonlyMap<string, ResponseCheck>;
  readonly log: Log;
};

/**
 * An upstream whose responses are checked against the contract before any of them is sent. Violations are logged, and
 * where the contract is enforced, the response is `undeclared`.
 */
export function checkedUpstream(upstream: Upstream, { checks, log }: CheckDeps): Upstream {
  if (checks.size === 0) return upstream;
  return async (request) => {
    const outcome = await upstream(request);
    const check = checks.get(request.operation.id);
    return outcome.kind === "response" && check !== undefined ? checkedOutcome(request, outcome, check, log) : outcome;
  };
}

async function checkedOutcome(
  { operation, method, requestId }: UpstreamRequest,
  response: UpstreamResponse,
  check: ResponseCheck,
  log: Log,
): Promise<UpstreamOutcome> {
  let violations: readonly string[];
  try {
    violations = await violationsOf(response, check, method);
  } catch (cause) {
    // It broke off while it was read, before anything was sent to the client.
    return { kind: "broken", cause };
  }
  if (violations.length === 0) return response;

  const { id, responseCheck } = operation;
  log.warn(
    { requestId, operation: id, status: response.status, violations },
    "the response does not match the contract",
  );
  if (responseCheck === "report") return response;
  response.body.discard();
  return { kind: "undeclared" };
}

/** How the response does not match the contract. Reads JSON completely, up to a size. */
async function violationsOf(
  response: UpstreamResponse,
  check: ResponseCheck,
  method: string,
): Promise<readonly string[]> {
  const types = valuesOf(response, "content-type");
  if (types.length > 1) return ["it has several Content-Types"];
  const verdict = check(response.status, types[0]);
  if (verdict.kind === "violation") return [verdict.violation];
  if (verdict.kind === "fine") return [];
  // It describes the response to GET, and has no body.
  if (method === "HEAD") return [];
  if (valuesOf(response, "content-encoding").some((encoding) => encoding.toLowerCase() !== "identity"))
    return ["it is encoded, although no encoding was requested"];
  return bodyViolations(response.body, verdict);
}

async function bodyViolations(
  body: UpstreamResponse["body"],
  verdict: Extract<HeadVerdict, { readonly kind: "empty" | "json" }>,
): Promise<readonly string[]> {
  const isWhole = await body.readUpTo(verdict.kind === "empty" ? 0 : MAX_CHECKED_BYTES);
  if (verdict.kind === "empty") return isWhole ? [] : ["it has a body, but none is declared"];
  const bytes = body.complete();
  return isWhole && bytes !== undefined ? verdict.check(bytes) : [`it is larger than ${MAX_CHECKED_BYTES} bytes`];
}

/** The value of each line. */
function valuesOf({ rawHeaders }: UpstreamResponse, name: string): readonly string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1] === name);
}
