import type { Pointer } from "../document/finding.ts";

/** The pointer of a path in Ajv's errors, a JSON pointer (RFC 6901) that is empty for the whole document. */
export function toPointer(instancePath: string): Pointer {
  const steps = instancePath.split("/").slice(1);
  return steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}
