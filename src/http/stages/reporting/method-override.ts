import { foldHeaderName } from "../../../lib/http/fold-header-name.ts";
import { isOverrideHeader } from "../../../lib/http/never-forwarded.ts";
import type { Admitted } from "../../message/exchange.ts";

/** `_method`, also as PHP reads it: without blanks before it, and with `_` for a dot or a bracket. */
const METHOD_NAME = /^\s*[_.[]method$/i;

/**
 * Finds a query parameter that the contract does not declare, and in which frameworks such as Laravel read another method of
 * a POST. The key was checked for the method of the request, so such a parameter is never passed on.
 */
export function findMethodOverride({ message, operation }: Admitted): string | undefined {
  if (message.method !== "POST" || message.query === "") return undefined;
  const names = [...new URLSearchParams(message.query).keys()];
  return names.find((name) => !operation.queryParameters.includes(name) && overridesMethod(name));
}

function overridesMethod(name: string): boolean {
  return METHOD_NAME.test(name) || isOverrideHeader(foldHeaderName(name));
}
