import type { AddressInfo } from "node:net";
import { createOwnJudges, joinJudges } from "../../../src/contract/judge/join-judges.ts";
import type { CompiledJudge } from "../../../src/contract/judge/judge.ts";
import type { Contract } from "../../../src/contract/model/contract.ts";
import type { Operation } from "../../../src/contract/model/operations.ts";
import type { AnyHandler } from "../../../src/http/reply/handler.ts";
import { createListener } from "../../../src/http/server/listener.ts";
import { digestOf } from "../../../src/keys/digest.ts";
import { KEYS_IN_TEXT, mayContainKeys } from "../../../src/keys/format.ts";
import type { ApiKey } from "../../../src/keys/key.ts";
import { createLog } from "../../../src/lib/log/log.ts";
import type { Charge } from "../../../src/limits/limiter.ts";
import { createApp } from "../../../src/service/app/app.ts";
import type { AppDeps } from "../../../src/service/app/app-deps.ts";
import { createJudge } from "../../../src/service/app/create-judge.ts";
import { StoreFailure } from "../../../src/store/database/failure.ts";
import { aHeldClock } from "../builders.ts";
import { aLimiter, heldTicks, someLimits, someUsage } from "../limits.ts";
import { aReusedConnection } from "../wire/reused-connection.ts";
import { operationsOf } from "./models.ts";

/** What a handler does: reply with this, now or later, or fail. */
export type HandlerBehaviour = { readonly kind: "now" | "later" | "throw" | "outage"; readonly reply: object };

/** Everything that one of the two services did for a request, without what always differs. */
export type Exchange = {
  readonly response: string;
  readonly calls: readonly unknown[];
  readonly usage: unknown;
  readonly decisions: unknown;
  readonly logged: readonly unknown[];
};

export type PairedService = {
  readonly exchange: (request: string, behaviour: HandlerBehaviour, passedMs: number) => Promise<Exchange>;
  /** How many requests the compiled judge has found valid. */
  readonly compiledCount: () => number;
  readonly close: () => void;
};

/** Two services that differ in nothing but the judge of requests: the compiled one, or the validator alone. */
export async function pairedServices(
  contract: Contract,
  keys: ReadonlyMap<string, ApiKey>,
  options: PairOptions = {},
): Promise<readonly [PairedService, PairedService]> {
  return [await aPairedService(contract, keys, options, true), await aPairedService(contract, keys, options, false)];
}

type PairOptions = Partial<AppDeps["transport"]> & {
  /** Called when a request has been charged; the result then arrives some turns of the event loop later. */
  readonly whenCharged?: () => void;
};

async function aPairedService(
  contract: Contract,
  keys: ReadonlyMap<string, ApiKey>,
  { whenCharged, ...options }: PairOptions,
  isCompiled: boolean,
): Promise<PairedService> {
  const { document } = contract;
  const [clock, ticks] = [aHeldClock(), heldTicks()];
  const { limiter } = aLimiter({ ticks, clock });
  const slowly = async (charge: Charge) => {
    const verdict = await limiter.take(charge);
    whenCharged?.();
    await new Promise((resolve) => setImmediate(resolve));
    return verdict;
  };
  const limits = someLimits(document);
  const counted = someUsage();
  const byDigest = new Map([...keys].map(([secret, key]) => [digestOf(secret), key]));
  let lines: string[] = [];
  const log = createLog({
    level: "debug",
    secrets: KEYS_IN_TEXT,
    mayContainSecrets: mayContainKeys,
    destination: { write: (line) => void lines.push(line) },
  });
  let current: HandlerBehaviour = { kind: "now", reply: {} };
  const calls: unknown[] = [];
  const handler = ((call: object) => {
    calls.push(structuredClone({ ...call, requestId: "", key: "key" in call ? (call.key as ApiKey).id : undefined }));
    if (current.kind === "outage")
      throw new StoreFailure("It is locked.", { cause: new Error("locked"), isBusy: true });
    if (current.kind === "throw") throw new Error("It fails.");
    return current.kind === "later" ? Promise.resolve(structuredClone(current.reply)) : structuredClone(current.reply);
  }) as unknown as AnyHandler;
  const handlers = Object.fromEntries(operationsOf(document).map(({ id }: Operation) => [id, handler]));

  const judge = await createJudge(contract, false);
  const own = createOwnJudges(contract);
  const { compiled } = own;
  let compiledCount = 0;
  const counting: CompiledJudge = {
    ...compiled,
    judgeRequest: (request) => {
      const judgement = compiled.judgeRequest(request);
      if (judgement !== undefined) compiledCount++;
      return judgement;
    },
  };
  const app = createApp({
    judge: isCompiled ? joinJudges({ ...own, compiled: counting, validator: judge }) : judge,
    limits: { ...limits, limiter: whenCharged === undefined ? limiter : { ...limiter, take: slowly } },
    usage: counted,
    contract,
    handlers,
    log,
    clock,
    keys: {
      finder: {
        findByDigest: async (digest) => byDigest.get(digest),
        // Of one key only a look-up can tell.
        findCached: (digest) => {
          const key = byDigest.get(digest);
          return key?.name === "forgotten" ? undefined : (key ?? null);
        },
      },
      environments: ["live"],
      reportLeak: () => {},
    },
    random: countingBytes(),
    transport: { trustedHops: 0, cleartext: "refuse", corsOrigins: [], authorizeFrom: [], ...options },
    maxBodyBytes: 1_048_576,
    requests: "enforce",
    isStopping: () => false,
  });
  const server = createListener((req, res) => app(req, res), {
    log,
    random: countingBytes(),
    clock,
    certificate: undefined,
    maxConnections: 100,
    meter: counted.meter,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const connection = aReusedConnection((server.address() as AddressInfo).port);

  return {
    exchange: async (request, behaviour, passedMs) => {
      current = behaviour;
      calls.length = 0;
      lines = [];
      clock.moveTo(clock.now() + passedMs);
      ticks.advance(passedMs);
      const response = await connection.exchange(request);
      // Usage is recorded when the response is closed.
      await new Promise((resolve) => setImmediate(resolve));
      const usage = counted.meter.take();
      return {
        response: withoutTimeAndId(response),
        calls: [...calls],
        usage: { rows: usage.rows, uses: usage.keyUses, timed: usage.latencies.map(({ operation }) => operation) },
        decisions: counted.decisions.take().map((decision) => ({ ...decision, requestId: "" })),
        logged: lines.map((line) => {
          const { time, requestId, durationMs, err, ...rest } = JSON.parse(line);
          return rest;
        }),
      };
    },
    compiledCount: () => compiledCount,
    close: () => {
      connection.close();
      server.close();
    },
  };
}

function withoutTimeAndId(response: string): string {
  return response.replaceAll(/req_[0-9A-Za-z]{20}/g, "req_").replace(/^Date: .*$/m, "Date:");
}

function countingBytes() {
  let next = 0;
  return (count: number) => Uint8Array.from({ length: count }, () => next++ % 200);
}
