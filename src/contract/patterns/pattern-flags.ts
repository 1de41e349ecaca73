import type { AST } from "@eslint-community/regexpp";

/** The flags `i`, `m` and `s` that hold inside a group, where `flags` hold around it. */
export function flagsIn({ modifiers }: AST.Group, flags: string): string {
  const { add, remove } = modifiers ?? { add: null, remove: null };
  const has = (flag: string, isAdded?: boolean, isRemoved?: boolean) =>
    isAdded || (flags.includes(flag) && !isRemoved) ? flag : "";
  return (
    has("i", add?.ignoreCase, remove?.ignoreCase) +
    has("m", add?.multiline, remove?.multiline) +
    has("s", add?.dotAll, remove?.dotAll)
  );
}

/** The flags that decide which characters a piece matches. */
export function characterFlags(flags: string): string {
  return flags.replace("m", "");
}
