import { newId } from "../../keys/generate.ts";
import type { RandomBytes } from "../../lib/random.ts";

/** The id of one request: in its response, in the log and in `getDecision`. */
export function newRequestId(random: RandomBytes): string {
  return newId("req", random);
}
