import type { Report } from "../document/finding.ts";
import { asRecord } from "../document/json.ts";
import { JSON_TYPE } from "../model/operations.ts";
import type { Outline } from "../model/outline.ts";

/** Finds bodies that the service cannot read or check. */
export function checkBodies({ document, operations }: Outline, report: Report) {
  for (const { label, pointer, operation } of operations) {
    const [place, body] = document.follow([...pointer, "requestBody"], operation["requestBody"]);
    if (body === undefined) continue;

    if (typeof body["required"] !== "boolean") {
      report(
        [...pointer, "requestBody"],
        `${label} does not declare whether its body is required: add required: true or false`,
      );
    }
    const content = Object.entries(asRecord(body["content"]));
    if (content.length === 0) {
      report(place, `the body of ${label} has no content: add application/json with a schema, or remove the body`);
    }
    for (const [mediaType, { schema }] of content.map(([key, value]) => [key, asRecord(value)] as const)) {
      const at = [...place, "content", mediaType];
      if (!JSON_TYPE.test(mediaType)) {
        report(at, `a body of ${mediaType} is never read, because only JSON is: use application/json, or remove it`);
      } else if (schema === undefined) {
        report(at, `a body of ${mediaType} without a schema accepts any value: add a schema`);
      }
    }
  }
}
