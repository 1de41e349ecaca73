import type { TermsRefused, TooManyKeys } from "../../admin/keys/key-terms.ts";
import { CommandFailed, UsageError } from "../failure.ts";

/** As typed. */
type TypedTerms = { readonly scope?: readonly string[]; readonly allowIp?: readonly string[] };

/** What to tell the operator whose terms no key can have. */
export function toTermsFailure(outcome: TermsRefused | TooManyKeys, { scope, allowIp }: TypedTerms): Error {
  switch (outcome.kind) {
    case "scope-unknown":
      return new CommandFailed(
        `There is no scope ${scope?.[outcome.index]}; the contract knows ${outcome.known.join(", ")}.`,
      );
    case "expiry-past":
      return new CommandFailed("The key would have expired already; let --expires lie ahead.");
    case "network-invalid":
      return new CommandFailed(
        `${allowIp?.[outcome.index]} is no CIDR range with zero host bits; give one such as 203.0.113.0/24.`,
      );
    case "metadata-invalid":
      return new UsageError(`The metadata ${outcome.violation}.`);
    case "too-many-keys":
      return new CommandFailed(
        `The client holds as many keys as it may (${outcome.most}): revoke one, or raise LATCHKEY_MAX_KEYS_PER_CLIENT.`,
      );
  }
}
