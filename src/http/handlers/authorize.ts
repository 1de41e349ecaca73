import type { Handler } from "../reply/handler.ts";

/** Only reached if the headers name no original request: `forwardAuth` replaces every other request by the original. */
export const authorizeRequest: Handler<"authorizeRequest"> = () => ({
  problem: "request-invalid",
  detail:
    "The original request is missing; name it in X-Original-Method and X-Original-URI, in X-Forwarded-Method and X-Forwarded-Uri, or in the path after /v1/authorize.",
});
