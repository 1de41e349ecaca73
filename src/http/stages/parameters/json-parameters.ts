import { operationOf } from "../../message/exchange.ts";
import type { SendProblem } from "../../reply/send-problem.ts";
import type { Stage } from "../../stage.ts";
import { jsonErrorIn } from "./json-texts.ts";
import { invalidParameter, parameterValueOf, toProblem } from "./parameter.ts";

/** Refuses in parameters the JSON that would be refused in a body. */
export function jsonParameters(sendProblem: SendProblem): Stage {
  return (req, res, next) => {
    for (const parameter of operationOf(req).jsonParameters) {
      const detail = jsonErrorIn(parameter, parameterValueOf(req, parameter));
      if (detail !== undefined) return sendProblem(req, res, toProblem(invalidParameter(parameter, detail)));
    }
    next();
  };
}
