import type { Operation } from "./operations.ts";
import { isPlain } from "./schemes.ts";

/** A call that needs a key in a header and nothing else. */
export type ExampleCall = { readonly header: string; readonly path: string };

type Callable = { readonly operations: readonly Operation[] };

/** The first such operation. @throws Error when every operation needs more than a key. */
export function exampleCall({ operations }: Callable): ExampleCall {
  for (const { method, path, carriers, needsOtherCredential, hasRequiredParameters } of operations) {
    if (method !== "GET" || needsOtherCredential || hasRequiredParameters) continue;
    const carrier = carriers.find((one) => one.in === "header" && isPlain(one));
    if (carrier !== undefined) return { header: carrier.name, path };
  }
  throw new Error("No operation of the contract can be called with a key alone.");
}
