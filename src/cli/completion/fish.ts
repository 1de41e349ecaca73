import type { CommandNode, OptionNode, Values } from "./completion-tree.ts";

/** A script that teaches fish to complete the words of `latchkey`. */
export function toFish(nodes: readonly CommandNode[]): string {
  const places = nodes.slice(1).map(({ at }) => at);
  return `# fish completion of latchkey
function __latchkey_at
    set -l at
    for word in (commandline -opc)[2..]
        switch "$at/$word"
            case ${places.join(" ")}
                set at "$at/$word"
        end
    end
    test "$at" = "$argv[1]"
end
complete -c latchkey -f
${nodes.flatMap(linesOf).join("\n")}
`;
}

function linesOf({ at, commands, options, argument }: CommandNode): readonly string[] {
  const start = `complete -c latchkey -n "__latchkey_at '${at}'"`;
  return [
    ...commands.map(({ name, description }) => `${start} -a ${name} -d ${quoted(description)}`),
    ...options.map((option) => `${start} ${flagsOf(option)}${valuesOf(option)} -d ${quoted(option.description)}`),
    ...(argument === undefined ? [] : [`${start}${argumentOf(argument)}`]),
  ];
}

function flagsOf({ flags }: OptionNode): string {
  return flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(" ");
}

function valuesOf({ isValued, values }: OptionNode): string {
  if (!isValued) return "";
  if (values === "files") return " -r -F";
  return values === undefined ? " -x" : ` -x -a ${quoted(values.join(" "))}`;
}

function argumentOf(values: NonNullable<Values>): string {
  return values === "files" ? " -F" : ` -a ${quoted(values.join(" "))}`;
}

/** Text between single quotes, as fish reads it. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
