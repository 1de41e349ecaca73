import type { Request } from "express";
import type { Problem } from "../../../problem/problem.ts";
import { exchangeOf } from "../../message/exchange.ts";

/** Where the contract declares a parameter. */
type Declared = { readonly name: string; readonly in: "path" | "query" | "header" };

/** The value of a parameter before the validator converts it: a text, several texts, or undefined. */
export function parameterValueOf(req: Request, { name, in: place }: Declared): unknown {
  if (place === "path") return exchangeOf(req).pathParams?.[name];
  return place === "query" ? req.query[name] : req.headers[name.toLowerCase()];
}

/** The problem of a request with an invalid parameter. @param detail what is wrong, such as `must be JSON`. */
export function invalidParameter({ name, in: place }: Declared, detail: string): Problem {
  return {
    code: "request-invalid",
    detail: `The parameter ${name} ${detail}.`,
    errors: [{ detail, pointer: `#/${place}/${name}` }],
  };
}
