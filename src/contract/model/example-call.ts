import type { Operation } from "./operations.ts";
import type { KeySchemes } from "./schemes.ts";

/** A call that needs a key in a header and nothing else. */
export type ExampleCall = { readonly header: string; readonly path: string };

type Callable = { readonly operations: readonly Operation[]; readonly schemes: KeySchemes };

/** The first such operation. @throws Error when every operation needs more than a key. */
export function exampleCall({ operations, schemes }: Callable): ExampleCall {
  for (const { method, path, schemes: names, hasRequiredParameters } of operations) {
    const carrier = names.map((name) => schemes[name]).find((one) => one?.in === "header");
    if (method === "GET" && carrier !== undefined && !hasRequiredParameters) return { header: carrier.name, path };
  }
  throw new Error("No operation of the contract can be called with a key alone.");
}
