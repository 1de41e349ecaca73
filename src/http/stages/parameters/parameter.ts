import type { Request } from "express";
import type { InvalidRequest } from "../../../contract/judge/judge.ts";
import type { Problem } from "../../../problem/problem.ts";
import { exchangeOf } from "../../message/exchange.ts";

/** Where the contract declares a parameter. */
type Declared = { readonly name: string; readonly in: "path" | "query" | "header" };

/** The value of a parameter before the validator converts it: a text, several texts, or undefined. */
export function parameterValueOf(req: Request, { name, in: place }: Declared): unknown {
  if (place === "path") return exchangeOf(req).pathParams?.[name];
  return place === "query" ? req.query[name] : req.headers[name.toLowerCase()];
}

/** A request with an invalid parameter. @param detail what is wrong, such as `must be JSON`. */
export function invalidParameter({ name, in: place }: Declared, detail: string): InvalidRequest {
  return {
    kind: "invalid",
    detail: `The parameter ${name} ${detail}.`,
    parts: [{ detail, pointer: `#/${place}/${name}` }],
  };
}

/** The problem that the caller of an invalid request gets. */
export function toProblem({ detail, parts }: InvalidRequest): Problem {
  return { code: "request-invalid", detail, errors: parts };
}
