import type { Handler } from "../reply/handler.ts";

export type HealthDeps = {
  /** Does everything answer that serving a request needs, and will it for a while? */
  readonly isReady: () => Promise<boolean>;
};

export const getHealth: Handler<"getHealth"> = () => ({ status: 200, body: { status: "ok" } });

export const getReadiness =
  ({ isReady }: HealthDeps): Handler<"getReadiness"> =>
  async () =>
    (await isReady())
      ? { status: 200, body: { status: "ok" } }
      : { problem: "unavailable", detail: "The store does not answer, or the service is stopping." };
