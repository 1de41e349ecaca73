import { CommandFailed, UsageError } from "./failure.ts";
import type { Session } from "./session.ts";

/** The option that answers the question in advance. */
type Yes = { readonly yes: true | undefined };

/** Call it first: without a terminal to ask at, `--yes` is required. @throws UsageError */
export function requireTerminal({ isTerminal }: Session, { yes }: Yes) {
  if (!yes && !isTerminal) throw new UsageError("No terminal to ask for confirmation: add --yes.");
}

/** Asks for confirmation, unless `--yes` was given. @throws CommandFailed with `refused` when the answer is no. */
export async function requireConsent({ confirm }: Session, { yes }: Yes, question: string, refused: string) {
  if (!yes && !(await confirm(question))) throw new CommandFailed(refused);
}
