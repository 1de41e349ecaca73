import type { Handler } from "../reply/handler.ts";

/** Reached only by who names no request: any other is answered on the way of the request that is asked about. */
export const authorizeRequest: Handler<"authorizeRequest"> = () => ({
  problem: "request-invalid",
  detail:
    "Name the original request in X-Original-Method and X-Original-URI, in X-Forwarded-Method and X-Forwarded-Uri, or behind /v1/authorize.",
});
