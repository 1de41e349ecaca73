import type { Command } from "commander";
import { PROBLEMS } from "../../problem/catalog.ts";
import { AUDIT_ACTIONS } from "../../store/audit/audit-event.ts";
import { GROUPINGS } from "../../usage/groupings.ts";
import { toBash } from "../completion/bash.ts";
import { type KnownValues, toCompletionTree } from "../completion/completion-tree.ts";
import { toFish } from "../completion/fish.ts";
import { toZsh } from "../completion/zsh.ts";
import type { Session } from "../session.ts";

export const SCRIPTS = { bash: toBash, zsh: toZsh, fish: toFish };

/** Prints a script that teaches `shell` the words, options and closed sets of values of `program`. */
export function printCompletion({ out }: Session, shell: keyof typeof SCRIPTS, program: Command) {
  out(SCRIPTS[shell](toCompletionTree(program, KNOWN_VALUES)));
}

/** The syntax does not load these lists, because help does not need them. */
const KNOWN_VALUES: KnownValues = {
  "/audit/list --action": AUDIT_ACTIONS,
  "/usage --group-by": GROUPINGS,
  "/usage --code": Object.keys(PROBLEMS),
  "/usage --environment": ["live", "test"],
};
