import { expect, it } from "@jest/globals";
import type { Request, Response } from "express";
import { runStage } from "../../../src/http/stage.ts";
import { edge } from "../../../src/http/stages/edge.ts";
import { systemRandom } from "../../../src/lib/random.ts";

it("drops a request of whoever is gone already: without an address they would pass for a stranger", () => {
  let dropped = 0;
  const step = edge({ random: systemRandom, sendProblem: () => {}, isStopping: () => false, trustedHops: 0 });
  const res = { destroy: () => dropped++ } as unknown as Response;
  const req = { socket: {}, headers: {}, headersDistinct: {} } as unknown as Request;
  runStage(step, req, res, () => {
    throw new Error("It went on.");
  });
  expect(dropped).toBe(1);
});
