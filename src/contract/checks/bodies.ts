import type { Report } from "../document/finding.ts";
import { asRecord } from "../document/json.ts";
import { type BodyMedia, mayBeJudged, toOperationBody } from "../model/bodies/operation-body.ts";
import type { Outline } from "../model/outline.ts";

/** Finds bodies that the service cannot read or check. */
export function checkBodies({ document, operations }: Outline, report: Report) {
  for (const found of operations) {
    const { label, pointer, operation } = found;
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
    const { media } = toOperationBody(document, found, undefined) ?? { media: [] };
    for (const [name, { schema }] of content.map(([key, value]) => [key, asRecord(value)] as const)) {
      const violation = mediaViolation(
        name,
        media.find((one) => one.name === name),
        schema,
      );
      if (violation !== undefined) report([...place, "content", name], violation);
    }
  }
}

function mediaViolation(name: string, media: BodyMedia | undefined, schema: unknown): string | undefined {
  if (media === undefined) return `${name} is not a media type: correct it, for example to application/json`;
  if (media.isOpaque) return undefined;
  if (schema === undefined) return `a body of ${name} without a schema accepts any value: add a schema`;
  if (mayBeJudged(media)) return undefined;
  return `a body of ${name} is passed on unchecked, because only JSON, forms and plain text are checked: use application/json, or declare x-latchkey: { body: stream }`;
}
