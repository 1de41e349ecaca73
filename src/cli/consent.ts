import { CommandFailed, UsageError } from "./failure.ts";
import type { Session } from "./session.ts";

/** What was typed instead of an answer. */
type Yes = { readonly yes: true | undefined };

/** To be called before anything else: where nobody can be asked, `--yes` has to say it. @throws UsageMistake */
export function requireTerminal({ isTerminal }: Session, { yes }: Yes) {
  if (!yes && !isTerminal) throw new UsageError("Nobody is there to ask: add --yes.");
}

/** Asks, unless `--yes` has said it. @throws CommandFailed with `refused` when the answer is no. */
export async function requireConsent({ confirm }: Session, { yes }: Yes, question: string, refused: string) {
  if (!yes && !(await confirm(question))) throw new CommandFailed(refused);
}
