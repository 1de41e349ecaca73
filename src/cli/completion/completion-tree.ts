import type { Command, Option } from "commander";

/** A value that a shell can complete: one of some words, or a file; undefined: any text. */
export type Values = readonly string[] | "files" | undefined;

export type OptionNode = {
  /** Such as `--yes`, or `-V` and `--version`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Does it take a value? */
  readonly isValued: boolean;
  readonly values: Values;
};

/** What can follow a command. */
export type CommandNode = {
  /** `/keys/create`; empty for the program itself. */
  readonly at: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly OptionNode[];
  readonly argument: Values;
};

/** The values of options that Commander does not know, by command and option: `/audit/list --action`. */
export type KnownValues = Readonly<Record<string, readonly string[]>>;

/** The words that a shell can complete, of `program` and all its commands. */
export function toCompletionTree(program: Command, known: KnownValues): readonly CommandNode[] {
  return nodesOf(program, "", known);
}

function nodesOf(command: Command, at: string, known: KnownValues): readonly CommandNode[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).filter((child) => child.name() !== "help");
  const [argument] = command.registeredArguments;
  const node = {
    at,
    commands: commands.map((child) => ({ name: child.name(), description: child.description() })),
    options: help.visibleOptions(command).map((option) => toOptionNode(option, at, known)),
    argument: argument?.argChoices ?? (argument?.name() === "file" ? ("files" as const) : undefined),
  };
  return [node, ...commands.flatMap((child) => nodesOf(child, `${at}/${child.name()}`, known))];
}

function toOptionNode(
  { short, long, description, required, argChoices, flags }: Option,
  at: string,
  known: KnownValues,
) {
  const values = argChoices ?? known[`${at} ${long}`];
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description,
    isValued: required,
    values: values ?? (flags.includes("<file>") ? ("files" as const) : undefined),
  };
}

/** Text between single quotes, as bash and zsh read it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Where each command stands in the tree, but for `latchkey` itself. */
export function commandPlaces(nodes: readonly CommandNode[]): readonly string[] {
  return nodes.slice(1).map(({ at }) => at);
}
