import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "@jest/globals";
import type { FailedKeyLimiter } from "../../../src/auth/failed-key-limiter.ts";
import { createFindPeer } from "../../../src/http/message/find-peer.ts";
import { createEarlyReject } from "../../../src/http/server/early-reject.ts";
import { createLog } from "../../../src/lib/log/log.ts";
import { systemRandom } from "../../../src/lib/random.ts";
import { createMeter } from "../../../src/usage/meter.ts";
import { aHeldClock, UNKNOWN_SECRET } from "../../support/builders.ts";
import { heldTicks } from "../../support/limits.ts";

const TIRED: FailedKeyLimiter = { countFailure: () => 5_000, waitMsOf: () => 4_200 };

type CallOptions = {
  readonly headers?: object;
  readonly socket?: object;
  readonly failedKeys?: FailedKeyLimiter;
  readonly isStopping?: boolean;
};

function aDoor({ failedKeys = TIRED, isStopping = false }: CallOptions = {}) {
  const lines: string[] = [];
  const ticks = heldTicks();
  const log = createLog({ level: "info", secrets: /x{9}/g, destination: { write: (line) => void lines.push(line) } });
  const rejectEarly = createEarlyReject({
    keyHeaders: ["x-token"],
    failedKeys,
    findPeer: createFindPeer(0),
    isStopping: () => isStopping,
    random: systemRandom,
    ticks,
    clock: aHeldClock(),
    meter: createMeter(),
    log,
  });
  const ask = ({ headers = { "x-token": "junk" }, socket = { remoteAddress: "192.0.2.1" } }: CallOptions = {}) => {
    let answered: readonly unknown[] = [];
    const req = { headers, headersDistinct: {}, socket } as unknown as IncomingMessage;
    const res = {
      writeHead: (...words: unknown[]) => {
        answered = words;
      },
      end: () => {},
    } as unknown as ServerResponse;
    return { isAnswered: rejectEarly(req, res), status: answered[0], headers: answered[1] };
  };
  return { ask, lines, ticks };
}

describe("a malformed key from an address with too many failures", () => {
  it("is refused at once, with the headers of every response", () => {
    expect(aDoor().ask()).toMatchObject({ isAnswered: true, status: 429, headers: { "Retry-After": 5 } });
    expect(aDoor().ask().headers).not.toHaveProperty("Connection");
    expect(aDoor().ask().headers).not.toHaveProperty("Strict-Transport-Security");
    const overTls = aDoor({ isStopping: true }).ask({ socket: { remoteAddress: "192.0.2.1", encrypted: true } });
    expect(overTls.headers).toMatchObject({ Connection: "close", "Strict-Transport-Security": expect.any(String) });
  });

  it("is logged once a minute for each address", () => {
    const { ask, lines, ticks } = aDoor();
    ask();
    ask();
    ask({ socket: { remoteAddress: "192.0.2.2" } });
    expect(lines).toHaveLength(2);
    ticks.advance(60_000);
    ask();
    expect(lines).toHaveLength(3);
    for (let address = 0; address < 10_001; address++)
      ask({ socket: { remoteAddress: `10.0.${address >> 8}.${address & 255}` } });
    ask();
    expect(lines.at(-1)).toContain("192.0.2.1");
  });
});

describe("the pipeline gets a request", () => {
  it.each([
    ["from an address that has not tried too many", { failedKeys: { countFailure: () => 0, waitMsOf: () => 0 } }],
    ["without a key", { headers: {} }],
    ["with an empty one", { headers: { "x-token": "" } }],
    ["with one that may be good", { headers: { "x-token": UNKNOWN_SECRET } }],
    ["with credentials of another kind beside it", { headers: { "x-token": "junk", authorization: "Basic YTpi" } }],
    ["with a body", { headers: { "x-token": "junk", "content-length": "2" } }],
    ["with a body in chunks", { headers: { "x-token": "junk", "transfer-encoding": "chunked" } }],
    ["with an expectation", { headers: { "x-token": "junk", expect: "100-continue" } }],
    ["with a wish for another protocol", { headers: { "x-token": "junk", upgrade: "h2c" } }],
  ])("%s", (_, wish: CallOptions) => {
    expect(aDoor(wish).ask(wish)).toEqual({ isAnswered: false, status: undefined, headers: undefined });
  });
});
