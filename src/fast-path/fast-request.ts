import type { IncomingMessage, ServerResponse } from "node:http";
import type { Exchange } from "../http/message/exchange.ts";
import type { ApiKey } from "../keys/key.ts";
import type { Verdict } from "../limits/limiter.ts";
import type { Parameters } from "./compiled/compiled-parameters.ts";
import type { CompiledOperation, FastRoute } from "./compiled/fast-route.ts";
import type { Head } from "./message/read-head.ts";

/** An admitted request that the fast path serves. */
export type FastRequest = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly head: Head;
  readonly route: FastRoute;
  readonly compiled: CompiledOperation;
  readonly parameters: Parameters;
  readonly key: ApiKey;
  readonly exchange: Exchange;
  /** Set by `charge`: the headers about limits. */
  limits: Readonly<Record<string, string>>;
  /** Set by `charge`: what was taken from limits, to be refunded where `isRefunded` allows it. */
  verdict: Verdict | undefined;
};
