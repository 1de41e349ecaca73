import type { Check } from "../../usage/decision.ts";
import type { Received } from "../message/exchange.ts";
import type { Reply } from "../reply/reply.ts";

/**
 * One stage of the pipeline. It looks at the exchange, and either replies or adds what it found out.
 * @typeParam Phase how far the pipeline must have come: see `Received`.
 */
export type Stage<Phase = Received> = {
  /** What a refusal by this stage is recorded as. */
  readonly check: Check;
  /**
   * A reply ends the request; undefined lets the next stage run. It waits only where it must, so that an ordinary
   * request passes all stages in one turn of the event loop.
   */
  readonly run: (exchange: Phase) => Reply | undefined | Promise<Reply | undefined>;
};
