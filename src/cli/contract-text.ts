import type { JsonObject } from "../contract/document/json.ts";
import { violationOf } from "../contract/model/text-schema.ts";
import { UsageError } from "./failure.ts";

/** Checks a typed text against the schema that HTTP requests are checked against. @throws UsageError */
export function requireText(
  document: JsonObject,
  schema: "ClientName" | "KeyName" | "RevocationReason" | "SearchText" | "LastFour",
  text: string,
  what: string,
) {
  const violation = violationOf(document, schema, text);
  if (violation !== undefined) throw new UsageError(`${what} ${violation}`);
}
