import type { Report } from "../document/finding.ts";
import { asRecord, type JsonObject } from "../document/json.ts";
import { operationsIn } from "../model/operations.ts";

/**
 * Finds operations that can never succeed, for a status that is not declared is a fault. What they declare for
 * refusals is not asked for: the service writes its problems past the validator, so none fails for want of a word.
 */
export function checkResponses(document: JsonObject, report: Report) {
  for (const { method, path, pointer, operation } of operationsIn(document)) {
    if (Object.keys(asRecord(operation["responses"])).some((status) => /^[123]|^default$/.test(status))) continue;
    report(
      pointer,
      `${method.toUpperCase()} ${path} declares no answer for when it succeeds, so it never does: add 200 or 204`,
    );
  }
}
