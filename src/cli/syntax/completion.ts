import { Argument, Command } from "commander";
import type { Session } from "../session.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

export function completionCommand(session: Session): Command {
  return new Command("completion")
    .description("print a script that completes the words of latchkey in your shell")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText("after", EXAMPLES)
    .action(async (shell: (typeof SHELLS)[number], _options: object, command: Command) =>
      (await import("../commands/completion.ts")).printCompletion(session, shell, command.parent ?? command),
    );
}

const EXAMPLES = `
Examples:
  source <(latchkey completion bash)
  latchkey completion bash > ~/.local/share/bash-completion/completions/latchkey
  latchkey completion zsh > "\${fpath[1]}/_latchkey"
  latchkey completion fish > ~/.config/fish/completions/latchkey.fish`;
