import { type CommandNode, commandPlaces, quoted, type Values } from "./completion-tree.ts";

/** A script that teaches bash to complete the words of `latchkey`. */
export function toBash(nodes: readonly CommandNode[]): string {
  return `# bash completion of latchkey
_latchkey_files() {
  local IFS=$'\\n'
  compopt -o filenames 2> /dev/null
  COMPREPLY=($(compgen -f -- "$current"))
}
_latchkey() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} at= words= index
  # Bash splits --option=value into three words.
  if [[ $current == "=" ]]; then current=
  elif [[ $previous == "=" ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$at/\${COMP_WORDS[index]}" in
      ${commandPlaces(nodes).join(" | ")}) at="$at/\${COMP_WORDS[index]}" ;;
    esac
  done
  case "$at $previous" in
${nodes.flatMap(valueCases).join("")}  esac
  case "$at $current" in
${nodes.map(wordCases).join("")}  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _latchkey latchkey
`;
}

function valueCases({ at, options }: CommandNode): readonly string[] {
  return options
    .filter(({ isValued }) => isValued)
    .map(({ flags, values }) => {
      const patterns = flags.map((flag) => quoted(`${at} ${flag}`)).join(" | ");
      return `    ${patterns}) ${completing(values)} return ;;\n`;
    });
}

function completing(values: Values): string {
  if (values === undefined) return "";
  if (values === "files") return "_latchkey_files;";
  return `COMPREPLY=($(compgen -W ${quoted(values.join(" "))} -- "$current"));`;
}

/** Options come where a word begins with a dash, or nothing else can follow. */
function wordCases({ at, commands, options, argument }: CommandNode): string {
  const flags = options.flatMap((option) => option.flags).join(" ");
  const dashed = `    ${quoted(`${at} -`)}*) words=${quoted(flags)} ;;\n`;
  if (commands.length > 0) {
    return `${dashed}    ${quoted(`${at} `)}*) words=${quoted(commands.map(({ name }) => name).join(" "))} ;;\n`;
  }
  const other = argument === undefined ? `words=${quoted(flags)}` : `${completing(argument)} return`;
  return `${dashed}    ${quoted(`${at} `)}*) ${other} ;;\n`;
}
