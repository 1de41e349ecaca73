import type { Request } from "express";
import type { NumericParameter } from "../../../contract/model/operations.ts";
import { exchangeOf, operationOf } from "../../message/exchange.ts";
import type { SendProblem } from "../../reply/send-problem.ts";
import type { Stage } from "../../stage.ts";

const valuesIn = {
  path: (_req, pathParams, name) => pathParams[name],
  query: (req, _pathParams, name) => req.query[name],
  // In a header a list is one text; the validator checks whether a list is allowed.
  header: (req, _pathParams, name) =>
    textOf(req.headers[name.toLowerCase()])
      ?.split(",")
      .map((one) => one.trim()),
} satisfies Record<NumericParameter["in"], ValuesIn>;

type ValuesIn = (req: Request, pathParams: Readonly<Record<string, string>>, name: string) => unknown;

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.join(",");
}

const SPELLINGS = {
  integer: { pattern: /^-?(?:0|[1-9]\d*)$/, detail: "must be an integer in plain decimal digits" },
  number: { pattern: /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/, detail: "must be a number in plain decimal digits" },
} as const;

/**
 * Refuses unusual spellings of numbers in path, query and headers: the validator accepts `0x10`, `1e1` and ` 10`, which a
 * handler or upstream may read differently.
 */
export function numbers(sendProblem: SendProblem): Stage {
  return (req, res, next) => {
    const { pathParams = {} } = exchangeOf(req);
    for (const { name, in: place, type } of operationOf(req).numericParameters) {
      const { pattern, detail } = SPELLINGS[type];
      const values = [valuesIn[place](req, pathParams, name)].flat();
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
