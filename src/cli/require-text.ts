import type { CheckText } from "../contract/model/check-text.ts";
import { UsageError } from "./failure.ts";

/** Checks a typed text against the schema that HTTP requests are checked against. @throws UsageError */
export function requireText(
  checkText: CheckText,
  schema: "ClientName" | "KeyName" | "RevocationReason" | "SearchText" | "LastFour",
  text: string,
  what: string,
) {
  const violation = checkText(schema, text);
  if (violation !== undefined) throw new UsageError(`${what} ${violation}`);
}
