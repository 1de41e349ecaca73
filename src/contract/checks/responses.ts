import type { Report } from "../document/finding.ts";
import { asRecord } from "../document/json.ts";
import type { Outline } from "../model/outline.ts";

/**
 * Finds operations that can never succeed, because a response with an undeclared status is an error. Refusals need not
 * be declared: the service writes its problems past the validator.
 */
export function checkResponses({ operations }: Outline, report: Report) {
  for (const { label, pointer, operation } of operations) {
    if (Object.keys(asRecord(operation["responses"])).some((status) => /^[123]|^default$/.test(status))) continue;
    report(pointer, `${label} declares no successful response, so every request fails: add 200 or 204`);
  }
}
