import type { Log } from "../lib/log/log.ts";
import type { Check } from "../usage/decision.ts";
import { isClientGone } from "./message/client-gone.ts";
import type { Admitted, BodyRead, Exchange, Identified, Matched, Received, Validated } from "./message/exchange.ts";
import { noteStoreFailure } from "./record/refund.ts";
import { toFaultReply } from "./reply/fault.ts";
import type { Reply } from "./reply/reply.ts";
import type { WriteReply } from "./reply/writer/write-reply.ts";
import type { Stage } from "./stages/stage.ts";

/** The stages of each phase, in the order in which a request passes them. The last stage of all has to reply. */
export type Phases = {
  readonly received: readonly Stage<Received>[];
  readonly matched: readonly Stage<Matched>[];
  readonly identified: readonly Stage<Identified>[];
  readonly admitted: readonly Stage<Admitted>[];
  readonly bodyRead: readonly Stage<BodyRead>[];
  readonly validated: readonly Stage<Validated>[];
};

/** What a phase begins with: the fact that its type promises. Functions read it, as look-ups by name are slow. */
const PROMISED: Readonly<Record<keyof Phases, readonly [name: keyof Exchange, read: (exchange: Exchange) => unknown]>> =
  {
    received: ["requestId", ({ requestId }) => requestId],
    matched: ["operation", ({ operation }) => operation],
    identified: ["identity", ({ identity }) => identity],
    admitted: ["admission", ({ admission }) => admission],
    bodyRead: ["body", ({ body }) => body],
    validated: ["parameters", ({ parameters }) => parameters],
  };

type PipelineDeps = { readonly writeReply: WriteReply; readonly log: Log };

/** Passes a request through all stages and sends the reply. Never throws. */
export type RunPipeline = (exchange: Exchange) => void;

/** Runs the stages one after the other; nothing else decides about their order. */
export function createPipeline(phases: Phases, { writeReply, log }: PipelineDeps): RunPipeline {
  const stages = toStages(phases);

  const reply = (exchange: Exchange, one: Reply, check: Check) => {
    try {
      writeReply(exchange, one, check);
    } catch (error) {
      log.error({ requestId: exchange.requestId, err: error }, "a reply cannot be sent");
      exchange.res.destroy();
    }
  };

  const runFrom = (exchange: Exchange, first: number) => {
    for (let index = first; index < stages.length; index++) {
      const { check, run } = stages[index] as Stage<Exchange>;
      try {
        const result = run(exchange);
        if (result === undefined) continue;
        if (isPromise(result)) return runAfter(exchange, result, index);
        return reply(exchange, result, check);
      } catch (error) {
        return reply(exchange, toFault(exchange, error), check);
      }
    }
    reply(exchange, toFault(exchange, new Error("No stage has replied.")), "handle");
  };

  /** Continues once the stage at `index` has decided. Not an async function: each promise counts on this path. */
  const runAfter = (exchange: Exchange, pending: PromiseLike<Reply | undefined>, index: number) => {
    const proceed = (result: Reply | undefined) => {
      // Nothing more is done for a client that has disconnected. The response is recorded when it closes.
      if (isClientGone(exchange)) exchange.res.destroy();
      else if (result === undefined) runFrom(exchange, index + 1);
      else reply(exchange, result, (stages[index] as Stage<Exchange>).check);
    };
    pending.then(proceed, (error: unknown) => proceed(toFault(exchange, error)));
  };

  return (exchange) => runFrom(exchange, 0);
}

function toFault(exchange: Exchange, error: unknown): Reply {
  noteStoreFailure(exchange, error);
  return toFaultReply(error);
}

/**
 * All stages in a row. Before each phase stands a stage that makes sure of what its type promises: a stage that forgot
 * to set it is a bug, and must not admit anything.
 */
function toStages(phases: Phases): readonly Stage<Exchange>[] {
  return PHASES.flatMap((phase) => {
    const [name, read] = PROMISED[phase];
    const guard: Stage<Exchange> = {
      check: "handle",
      run: (exchange) => {
        if (read(exchange) !== undefined) return undefined;
        throw new Error(`The stages before the phase "${phase}" have not set ${name}.`);
      },
    };
    // Each phase is a view of `Exchange`, and the guard has made sure that its fact is there.
    return [guard, ...(phases[phase] as readonly Stage<Exchange>[])];
  });
}

const PHASES = ["received", "matched", "identified", "admitted", "bodyRead", "validated"] as const;

function isPromise(result: Reply | PromiseLike<Reply | undefined>): result is PromiseLike<Reply | undefined> {
  return "then" in result;
}
