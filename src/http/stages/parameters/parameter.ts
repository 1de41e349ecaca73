import type { InvalidRequest } from "../../../contract/judge/judge.ts";

/** Where the contract declares a parameter. */
type Declared = { readonly name: string; readonly in: "path" | "query" | "header" };

/** A request with an invalid parameter. @param detail what is wrong, such as `must be JSON`. */
export function invalidParameter({ name, in: place }: Declared, detail: string): InvalidRequest {
  return {
    kind: "invalid",
    detail: `The parameter ${name} ${detail}.`,
    parts: [{ detail, pointer: `#/${place}/${name}` }],
  };
}
