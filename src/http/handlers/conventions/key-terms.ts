import type { TermsRefused, TooManyKeys } from "../../../admin/keys/key-terms.ts";
import { invalidField } from "./invalid-input.ts";

/** The response to terms that the validator admits, but that no key can have. */
export function toTermsProblem(outcome: TermsRefused | TooManyKeys) {
  switch (outcome.kind) {
    case "scope-unknown":
      return invalidField(`scopes/${outcome.index}`, `must be one of ${outcome.known.join(", ")}`);
    case "expiry-past":
      return invalidField("expiresAt", "must be in the future");
    case "network-invalid":
      return invalidField(
        `allowedIps/${outcome.index}`,
        "must be a CIDR range with zero host bits, such as 203.0.113.0/24",
      );
    case "metadata-invalid":
      return invalidField("metadata", outcome.violation);
    case "too-many-keys":
      return {
        problem: "too-many-keys",
        detail: `The client has the maximum number of keys (${outcome.most}); revoke one that is not needed any more.`,
      } as const;
  }
}
