import { operationOf } from "../../message/exchange.ts";
import type { SendProblem } from "../../reply/send-problem.ts";
import type { Stage } from "../../stage.ts";
import { numberErrorIn } from "./number-spellings.ts";
import { invalidParameter, parameterValueOf, toProblem } from "./parameter.ts";

/** Refuses unusual spellings of numbers in path, query and headers. */
export function numericParameters(sendProblem: SendProblem): Stage {
  return (req, res, next) => {
    for (const parameter of operationOf(req).numericParameters) {
      const detail = numberErrorIn(parameter, parameterValueOf(req, parameter));
      if (detail !== undefined) return sendProblem(req, res, toProblem(invalidParameter(parameter, detail)));
    }
    next();
  };
}
