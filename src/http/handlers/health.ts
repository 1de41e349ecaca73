import type { Handler } from "../reply/handler.ts";

export type HealthDeps = {
  /** Whether the service can serve requests with a key, and is not about to stop. */
  readonly isReady: () => Promise<boolean>;
};

export const getHealth: Handler<"getHealth"> = () => ({ status: 200, body: { status: "ok" } });

export const getReadiness =
  ({ isReady }: HealthDeps): Handler<"getReadiness"> =>
  async () =>
    (await isReady())
      ? { status: 200, body: { status: "ok" } }
      : {
          problem: "unavailable",
          detail: "The database cannot be reached, or the service is stopping; try again in a moment.",
        };
