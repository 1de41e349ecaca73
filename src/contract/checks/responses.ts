import type { Report } from "../document/finding.ts";
import { asRecord } from "../document/json.ts";
import type { Outline } from "../model/outline.ts";

/**
 * Finds operations that can never succeed, for a status that is not declared is a fault. What they declare for
 * refusals is not asked for: the service writes its problems past the validator, so none fails for want of a word.
 */
export function checkResponses({ operations }: Outline, report: Report) {
  for (const { label, pointer, operation } of operations) {
    if (Object.keys(asRecord(operation["responses"])).some((status) => /^[123]|^default$/.test(status))) continue;
    report(pointer, `${label} declares no answer for when it succeeds, so it never does: add 200 or 204`);
  }
}
