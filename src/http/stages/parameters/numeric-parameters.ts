import type { NumericParameter } from "../../../contract/model/operations.ts";
import { operationOf } from "../../message/exchange.ts";
import type { SendProblem } from "../../reply/send-problem.ts";
import type { Stage } from "../../stage.ts";
import { invalidParameter, parameterValueOf } from "./parameter.ts";

const SPELLINGS = {
  integer: { pattern: /^-?(?:0|[1-9]\d*)$/, detail: "must be an integer in plain decimal digits" },
  number: { pattern: /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/, detail: "must be a number in plain decimal digits" },
} as const;

/**
 * Refuses unusual spellings of numbers in path, query and headers: the validator accepts `0x10`, `1e1` and ` 10`, which a
 * handler or upstream may read differently.
 */
export function numericParameters(sendProblem: SendProblem): Stage {
  return (req, res, next) => {
    for (const parameter of operationOf(req).numericParameters) {
      const { pattern, detail } = SPELLINGS[parameter.type];
      const values = itemsOf(parameter, parameterValueOf(req, parameter));
      if (values.every((value) => typeof value !== "string" || pattern.test(value))) continue;
      return sendProblem(req, res, invalidParameter(parameter, detail));
    }
    next();
  };
}

/** The items of a value. In a header a list is one text; the validator checks whether a list is allowed. */
function itemsOf({ in: place }: NumericParameter, value: unknown): readonly unknown[] {
  const values = [value].flat();
  return place === "header" ? values.flatMap(splitAtCommas) : values;
}

function splitAtCommas(value: unknown): unknown {
  return typeof value === "string" ? value.split(",").map((item) => item.trim()) : value;
}
