import type { TermsRefused, TooManyKeys } from "../../../admin/keys/key-terms.ts";
import { CommandFailed, UsageError } from "../../failure.ts";

/** The options as typed. */
type TypedTerms = { readonly scope?: readonly string[]; readonly allowIp?: readonly string[] };

/** The failure to report for terms that no key can have. */
export function toTermsFailure(outcome: TermsRefused | TooManyKeys, { scope, allowIp }: TypedTerms): Error {
  switch (outcome.kind) {
    case "scope-unknown":
      return new CommandFailed(
        `Unknown scope ${scope?.[outcome.index]}: choose one of ${outcome.known.join(", ")}; for the scopes of another contract, set LATCHKEY_CONTRACT.`,
      );
    case "expiry-past":
      return new CommandFailed("--expires is not in the future: use a later time.");
    case "network-invalid":
      return new CommandFailed(
        `Invalid range ${allowIp?.[outcome.index]}: use a CIDR range with zero host bits, such as 203.0.113.0/24.`,
      );
    case "metadata-invalid":
      return new UsageError(`The metadata ${outcome.violation}.`);
    case "too-many-keys":
      return new CommandFailed(
        `The client has reached its maximum of ${outcome.most} keys: revoke one, or raise LATCHKEY_MAX_KEYS_PER_CLIENT.`,
      );
  }
}
