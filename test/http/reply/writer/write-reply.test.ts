import type { ServerResponse } from "node:http";
import { expect, it } from "@jest/globals";
import { createRecordProblem } from "../../../../src/http/reply/record-problem.ts";
import { problemReply } from "../../../../src/http/reply/reply.ts";
import { createWriteReply } from "../../../../src/http/reply/writer/write-reply.ts";
import { createLog } from "../../../../src/lib/log/log.ts";
import { createDecisions } from "../../../../src/usage/decision.ts";
import { aHeldClock } from "../../../support/builders.ts";
import { anExchange } from "../../../support/exchange.ts";

it("a problem after half of a response is out destroys the connection: nothing else shows that a part is missing", () => {
  const lines: string[] = [];
  const log = createLog({ level: "info", secrets: /x/g, destination: { write: (line) => void lines.push(line) } });
  let isCut = false;
  const res = { headersSent: true, destroyed: false, destroy: () => (isCut = true) } as unknown as ServerResponse;
  const writeReply = createWriteReply({
    writeContent: () => {
      throw new Error("There is a response already.");
    },
    recordProblem: createRecordProblem({
      log,
      rateLimitedLog: log,
      clock: aHeldClock(),
      decisions: createDecisions(),
      sourceLines: { lineOf: () => 0, plansLine: 0 },
    }),
  });

  const problem = { code: "internal-error", detail: "…" } as const;
  writeReply(anExchange({}, { res }), problemReply(problem, { cause: new Error("half") }), "handle");
  expect(isCut).toBe(true);
  expect(lines.join()).toContain("half");
});

it("a problem for a client that has disconnected is remembered, and neither logged nor written", () => {
  const lines: string[] = [];
  const log = createLog({ level: "info", secrets: /x/g, destination: { write: (line) => void lines.push(line) } });
  const decisions = createDecisions();
  const writeReply = createWriteReply({
    writeContent: () => {
      throw new Error("The client is gone.");
    },
    recordProblem: createRecordProblem({
      log,
      rateLimitedLog: log,
      clock: aHeldClock(),
      decisions,
      sourceLines: { lineOf: () => 0, plansLine: 0 },
    }),
  });
  const res = { headersSent: false, destroyed: true } as unknown as ServerResponse;
  writeReply(anExchange({}, { res }), problemReply({ code: "not-found", detail: "…" }), "match");
  expect(decisions.take()).toMatchObject([{ code: "not-found", check: "match" }]);
  expect(lines).toEqual([]);
});
