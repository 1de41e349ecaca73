import type { RequestHandler } from "express";
import { exchangeOf, operationOf } from "./exchange.ts";
import type { SendProblem } from "./send-problem.ts";

const SPELLINGS = {
  integer: { pattern: /^-?(?:0|[1-9]\d*)$/, detail: "must be an integer in plain decimal digits" },
  number: { pattern: /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/, detail: "must be a number in plain decimal digits" },
} as const;

/**
 * Refuses numbers in path and query that are spelt in an odd way: the validator reads `0x10`, `1e1` and ` 10` as
 * numbers, and whoever is behind us may read them otherwise.
 */
export function numbers(sendProblem: SendProblem): RequestHandler {
  return (req, res, next) => {
    const { pathParams = {} } = exchangeOf(req);
    for (const { name, in: place, type } of operationOf(req).numericParameters) {
      const { pattern, detail } = SPELLINGS[type];
      const values = [place === "path" ? pathParams[name] : req.query[name]].flat();
      if (values.every((value) => typeof value !== "string" || pattern.test(value))) continue;
      return sendProblem(req, res, {
        code: "request-invalid",
        detail: `The parameter ${name} ${detail}.`,
        errors: [{ detail, pointer: `#/${place}/${name}` }],
      });
    }
    next();
  };
}
