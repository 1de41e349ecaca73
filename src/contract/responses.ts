import type { Report } from "./finding.ts";
import { asRecord, type JsonObject, resolve } from "./json.ts";
import { operationsIn } from "./operations.ts";

/**
 * Finds operations that cannot succeed, or promise what no answer can hold. What they declare for refusals is not
 * asked for: the service writes its problems past the validator, so that none of them fails for want of a word.
 */
export function checkResponses(document: JsonObject, report: Report) {
  for (const { method, path, pointer, operation } of operationsIn(document)) {
    const name = `${method.toUpperCase()} ${path}`;
    const responses = Object.entries(asRecord(operation["responses"]));
    if (!responses.some(([status]) => /^[123]|^default$/.test(status))) {
      report(pointer, `${name} declares no answer for when it succeeds, so every one fails: add 200 or 204`);
    }
    for (const [status, response] of responses) {
      const { content } = resolve(document, response) ?? {};
      if (!["204", "205", "304"].includes(status) || Object.keys(asRecord(content)).length === 0) continue;
      report(
        [...pointer, "responses", status],
        `${name} declares content for ${status}, which has none: remove it, or write 200`,
      );
    }
  }
}
