import { expect, it } from "@jest/globals";
import type { Request, Response } from "express";
import { runStage } from "../../../src/http/stage.ts";
import { edge } from "../../../src/http/stages/edge.ts";
import { systemRandom } from "../../../src/lib/random.ts";

it("drops the request of a disconnected client: without an address it would look remote", () => {
  let dropped = 0;
  const step = edge({ random: systemRandom, sendProblem: () => {}, isStopping: () => false, trustedHops: 0 });
  const res = { destroy: () => dropped++ } as unknown as Response;
  const req = { socket: {}, headers: {}, headersDistinct: {} } as unknown as Request;
  runStage(step, req, res, () => {
    throw new Error("It went on.");
  });
  expect(dropped).toBe(1);
});
