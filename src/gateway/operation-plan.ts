import type { Operation } from "../contract/model/operations.ts";
import { createUpstreamPath } from "../contract/model/paths/upstream-path.ts";
import { isPlain } from "../contract/model/schemes.ts";
import type { ConnectionPool, UpstreamTimeouts } from "./connections/connection-pool.ts";
import type { Circuits } from "./connections/guarded-call.ts";
import type { CallTimeouts } from "./connections/upstream-call.ts";
import { createToClientUrl, type ToClientUrl } from "./headers/client-urls.ts";
import { createHeaderRules, type HeaderRules } from "./headers/request-headers.ts";
import type { UpstreamRequest } from "./upstream-port.ts";

/** What is the same for all requests of an operation to its upstream. */
export type OperationPlan = {
  readonly pool: ConnectionPool;
  readonly headerRules: HeaderRules;
  readonly timeouts: CallTimeouts;
  readonly circuits: Circuits;
  readonly toClientUrl: ToClientUrl;
  /** The request target; undefined when a parameter could be read as another path. */
  readonly toTarget: (request: Pick<UpstreamRequest, "path" | "query">) => string | undefined;
};

/** With these the response could be encoded, or a part only, and not what the contract describes. */
const RESPONSE_FORMS = ["accept-encoding", "range", "if-range"];

type PlanDeps = {
  /** The upstream of operations that name none of their own. */
  readonly url: string | undefined;
  /** The headers that can carry a key, in lower case. */
  readonly keyHeaders: readonly string[];
  readonly poolOf: (origin: string) => ConnectionPool;
  /** Those of operations that declare none of their own. */
  readonly timeouts: UpstreamTimeouts;
  readonly circuitsOf: (origin: string, operation: string) => Circuits;
};

/** Makes the plan of each operation when its first request comes. */
export function createOperationPlans({
  url,
  keyHeaders,
  poolOf,
  timeouts,
  circuitsOf,
}: PlanDeps): (operation: Operation) => OperationPlan {
  const plans = new WeakMap<Operation, OperationPlan>();
  const toPlan = (operation: Operation): OperationPlan => {
    const upstream = new URL(operation.upstream ?? url ?? "http://upstream.invalid");
    // A login in Authorization stays: `identifyKey` has removed our keys from there, and the upstream wants the login.
    const removed = [
      ...Object.keys(operation.upstreamHeaders),
      ...keyHeaders.filter((name) => !isOtherwiseUsed(operation, name)),
      ...(operation.responseCheck === "off" ? [] : RESPONSE_FORMS),
    ];
    const shared = operation.sharedCarriers.flatMap((one) => (one.in === "header" ? [one.name] : []));
    return {
      pool: poolOf(upstream.origin),
      headerRules: createHeaderRules({ removed, checked: operation.headerParameters, credentials: shared }),
      timeouts: toCallTimeouts(operation, timeouts),
      circuits: circuitsOf(upstream.origin, operation.id),
      toClientUrl: createToClientUrl(upstream),
      toTarget: createToTarget(operation, upstream.pathname.replace(/\/$/, "")),
    };
  };
  return (operation) => {
    const plan = plans.get(operation) ?? toPlan(operation);
    plans.set(operation, plan);
    return plan;
  };
}

/** Does this operation use a header for something else, in which other operations take a key? */
function isOtherwiseUsed({ carriers, sharedCarriers, headerParameters }: Operation, header: string): boolean {
  // What is in it besides a key may be a login. A key in it is never passed on, whatever its scheme (`isKept`).
  if (header === "authorization") return !carriers.some((one) => one.name === header && isPlain(one));
  const isShared = sharedCarriers.some((one) => one.in === "header" && one.name === header);
  return isShared || headerParameters.some((name) => name.toLowerCase() === header);
}

function toCallTimeouts({ timeouts: own }: Operation, defaults: UpstreamTimeouts): CallTimeouts {
  const { firstByteSeconds, betweenBytesSeconds } = own;
  return {
    headersTimeout: firstByteSeconds === undefined ? defaults.firstByteTimeoutMs : firstByteSeconds * 1_000,
    bodyTimeout: betweenBytesSeconds === undefined ? defaults.betweenBytesTimeoutMs : betweenBytesSeconds * 1_000,
  };
}

/** @param base the path of the upstream, such as `/api`, or an empty text. */
function createToTarget(operation: Operation, base: string): OperationPlan["toTarget"] {
  const toPath = createUpstreamPath(operation);
  return ({ path, query }) => {
    const written = toPath(path);
    return written && `${base}${written}${query === "" ? "" : `?${query}`}`;
  };
}
