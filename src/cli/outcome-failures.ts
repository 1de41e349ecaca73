import type { UpdateClientOutcome } from "../admin/clients/update-client.ts";
import type { LimitTermsRefused } from "../admin/limit-terms.ts";
import { redactKeys } from "../keys/format.ts";
import { commandText } from "../lib/command-text.ts";
import { CommandFailed, UsageError } from "./failure.ts";

export function unknownClient(name: string): CommandFailed {
  return new CommandFailed(`Unknown client ${name}: ${commandText("clients list")} shows all clients.`);
}

export function unknownKey(id: string): CommandFailed {
  return new CommandFailed(`Unknown key ${redactKeys(id)}: ${commandText("keys list")} shows all keys.`);
}

type FieldRefused = Extract<
  UpdateClientOutcome,
  { readonly kind: "name-taken" | "name-invalid" | "metadata-invalid" | LimitTermsRefused["kind"] }
>;

export function toClientFailure(outcome: FieldRefused, name: string | undefined): Error {
  switch (outcome.kind) {
    case "name-taken":
      return new CommandFailed(`The client name ${name} is taken: choose another name.`);
    case "name-invalid":
      return new UsageError(`The name ${outcome.violation}.`);
    case "metadata-invalid":
      return new UsageError(`The metadata ${outcome.violation}.`);
    default:
      return toLimitsFailure(outcome);
  }
}

export function toLimitsFailure(outcome: LimitTermsRefused): UsageError {
  return new UsageError(
    outcome.kind === "plan-unknown"
      ? `Unknown plan: ${outcome.known.length === 0 ? "the contract declares none" : `choose one of ${outcome.known.join(", ")}`}.`
      : `The limits ${outcome.violation}.`,
  );
}
