import { type CommandNode, commandPlaces, type OptionNode, quoted, type Values } from "./completion-tree.ts";

/** A script that teaches zsh to complete the words of `latchkey`: to be sourced, or a file of its `fpath`. */
export function toZsh(nodes: readonly CommandNode[]): string {
  return `#compdef latchkey
_latchkey() {
  local at= current=$words[CURRENT] previous=$words[CURRENT-1] index
  local -a found
  if [[ $current == --*=* ]]; then
    previous=\${current%%=*}
    compset -P '*='
  fi
  for ((index = 2; index < CURRENT; index++)); do
    case "$at/$words[index]" in
      (${commandPlaces(nodes).join("|")}) at="$at/$words[index]" ;;
    esac
  done
  case "$at $previous" in
${nodes.flatMap(valueCases).join("")}  esac
  case "$at $current" in
${nodes.map(wordCases).join("")}  esac
}
if [[ $funcstack[1] == _latchkey ]]; then
  _latchkey "$@"
else
  compdef _latchkey latchkey
fi
`;
}

function valueCases({ at, options }: CommandNode): readonly string[] {
  return options
    .filter(({ isValued }) => isValued)
    .map(({ flags, values }) => {
      const patterns = flags.map((flag) => quoted(`${at} ${flag}`)).join("|");
      return `    (${patterns}) ${completing(values)} return ;;\n`;
    });
}

function completing(values: Values): string {
  if (values === undefined) return "_message value;";
  return values === "files" ? "_files;" : `compadd -- ${values.map(quoted).join(" ")};`;
}

function wordCases({ at, commands, options, argument }: CommandNode): string {
  const flags = `${describing("-o option", options.flatMap(describedFlags))}`;
  const dashed = `    (${quoted(`${at} -`)}*) ${flags} ;;\n`;
  const described = commands.map(({ name, description }) => entry(name, description));
  if (commands.length > 0) return `${dashed}    (${quoted(`${at} `)}*) ${describing("command", described)} ;;\n`;
  return `${dashed}    (${quoted(`${at} `)}*) ${argument === undefined ? flags : completing(argument)} ;;\n`;
}

function describing(tag: string, entries: readonly string[]): string {
  return `found=(${entries.join(" ")}); _describe ${tag} found;`;
}

function describedFlags({ flags, description }: OptionNode): readonly string[] {
  return flags.map((flag) => entry(flag, description));
}

function entry(name: string, description: string): string {
  return quoted(`${name}:${description.replaceAll(":", "\\:")}`);
}
