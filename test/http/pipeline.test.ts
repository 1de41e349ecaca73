import type { ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import type { Operation } from "../../src/contract/model/operations.ts";
import { isClientGone } from "../../src/http/message/client-gone.ts";
import { type Exchange, recordOf } from "../../src/http/message/exchange.ts";
import { createPipeline, type Phases } from "../../src/http/pipeline.ts";
import { emptyReply, type Reply } from "../../src/http/reply/reply.ts";
import type { WriteReply } from "../../src/http/reply/writer/write-reply.ts";
import type { Stage } from "../../src/http/stages/stage.ts";
import type { Log } from "../../src/lib/log/log.ts";
import { StoreFailure } from "../../src/store/database/failure.ts";
import { anExchange } from "../support/exchange.ts";

const FINE = emptyReply(204);
const OUTAGE = new StoreFailure("secret", { cause: new Error("secret"), isBusy: true });
const OPERATION = { method: "GET" } as Operation;

const NO_STAGES: Phases = { received: [], matched: [], identified: [], admitted: [], bodyRead: [], validated: [] };

/** Runs `phases`, and collects what is written. */
async function run(phases: Partial<Phases>, exchange = anExchange(), write: WriteReply = () => {}) {
  const written: { readonly reply: Reply; readonly check: string }[] = [];
  const logged: object[] = [];
  const runPipeline = createPipeline(
    { ...NO_STAGES, ...phases },
    {
      writeReply: (one, reply, check) => {
        written.push({ reply, check });
        write(one, reply, check);
      },
      log: { error: (fields: object) => void logged.push(fields) } as Log,
    },
  );
  runPipeline(exchange);
  await nextTurn();
  return { written, logged };
}

function stage(decide: Stage["run"], check: Stage["check"] = "message"): Stage {
  return { check, run: decide };
}

/** A response that notes that its connection was destroyed. */
function aResponse(isGone = false) {
  const res = { destroyed: isGone, headersSent: false, destroy: () => Object.assign(res, { destroyed: true }) };
  return res as unknown as ServerResponse;
}

describe("a pipeline", () => {
  it("runs its stages in order until one replies, at once or later", async () => {
    const ran: number[] = [];
    const received = [
      stage(() => void ran.push(1)),
      stage(async () => void ran.push(2)),
      stage(() => {
        ran.push(3);
        return FINE;
      }, "limit"),
      stage(() => void ran.push(4)),
    ];
    expect((await run({ received })).written).toEqual([{ reply: FINE, check: "limit" }]);
    expect(ran).toEqual([1, 2, 3]);
  });

  it("passes a request in one turn of the event loop when no stage waits", () => {
    const written: Reply[] = [];
    const phases = { ...NO_STAGES, received: [stage(() => undefined), stage(() => FINE)] };
    createPipeline(phases, { writeReply: (_, reply) => void written.push(reply), log: {} as Log })(anExchange());
    expect(written).toEqual([FINE]);
  });

  it.each([
    [
      "thrown",
      () => {
        throw new Error("secret");
      },
    ],
    ["rejected", () => Promise.reject(new Error("secret"))],
    ["rejected without an error", () => Promise.reject(undefined)],
  ])("replies to a fault that is %s without its cause, and runs no further stage", async (_, fail) => {
    let ran = 0;
    const { written } = await run({ received: [stage(fail, "limit"), stage(() => void ran++)] });
    expect(written).toMatchObject([{ reply: { problem: { code: "internal-error" } }, check: "limit" }]);
    expect(JSON.stringify(written.map(({ reply }) => "problem" in reply && reply.problem))).not.toContain("secret");
    expect(ran).toBe(0);
  });

  it("does not admit a request whose operation, identity or admission no stage has set", async () => {
    const last = { validated: [stage(() => FINE)] };
    expect((await run(last)).written).toMatchObject([{ reply: { problem: { code: "internal-error" } } }]);
    const exchange = anExchange({}, { operation: OPERATION, pathParams: {}, identity: { kind: "none" } });
    expect((await run(last, exchange)).written).toMatchObject([
      { reply: { cause: { message: expect.stringContaining('"admitted" have not set admission') } } },
    ]);
  });

  it("is a fault when no stage replies", async () => {
    expect((await run({})).written).toMatchObject([{ reply: { problem: { code: "internal-error" } } }]);
  });

  it("does nothing more for a client that disconnected while a stage waited", async () => {
    let ran = 0;
    const res = aResponse();
    const received = [stage(async () => void res.destroy()), stage(() => void ran++)];
    expect((await run({ received }, anExchange({}, { res }))).written).toEqual([]);
    expect(ran).toBe(0);
  });

  it("destroys the connection when the reply cannot be written", async () => {
    const exchange = anExchange({}, { res: aResponse() });
    const { logged } = await run({ received: [stage(() => FINE)] }, exchange, () => {
      throw new Error("replaced by a host app");
    });
    expect(exchange.res.destroyed).toBe(true);
    expect(logged).toMatchObject([{ requestId: "req_1" }]);
  });
});

describe("a failure without side effects", () => {
  it.each([
    ["is a read that the store could not answer", "GET", OUTAGE, false],
    ["is not a write, for a part of it may be stored", "POST", OUTAGE, true],
    ["is not a fault of a handler", "GET", new Error("secret"), true],
  ])("%s", async (_, method, error, mayHaveSideEffects) => {
    const exchange = anExchange({}, { operation: { method } as Operation });
    const begin = stage((one) => {
      recordOf(one).mayHaveSideEffects = true;
      throw error;
    });
    await run({ received: [begin] }, exchange);
    expect(exchange.mayHaveSideEffects).toBe(mayHaveSideEffects);
  });
});

describe("a client", () => {
  const facts = (req: object, res: object) => ({ req, res }) as unknown as Pick<Exchange, "req" | "res">;

  it("has disconnected when its response or its connection is destroyed", () => {
    expect(isClientGone(facts({}, { destroyed: true, socket: null }))).toBe(true);
    expect(isClientGone(facts({ socket: { destroyed: true } }, { destroyed: false, socket: null }))).toBe(true);
    expect(isClientGone(facts({}, { destroyed: false, socket: { destroyed: true } }))).toBe(true);
  });

  it("is connected while its connection is, even if the request was streamed", () => {
    expect(isClientGone(facts({}, { destroyed: false, socket: { destroyed: false } }))).toBe(false);
    expect(isClientGone(facts({}, { destroyed: false, socket: null }))).toBe(false);
  });
});
