import type { JsonObject } from "../document/json.ts";
import { toOperations } from "./operations.ts";
import { toKeySchemes } from "./schemes.ts";

/** A call that works with a key and nothing else: the first one that takes its key in a header and has no parameters. */
export type ExampleCall = { readonly header: string; readonly path: string };

export function exampleCall(document: JsonObject): ExampleCall {
  const schemes = toKeySchemes(document);
  for (const { method, path, schemes: forwardAuth, hasRequired } of toOperations(document)) {
    const carrier = forwardAuth.map((name) => schemes[name]).find((one) => one?.in === "header");
    if (method === "GET" && carrier !== undefined && !hasRequired) return { header: carrier.name, path };
  }
  throw new Error("No operation of the contract can be called with a key alone.");
}
