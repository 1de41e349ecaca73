import { Option } from "commander";

export type StrictnessOptions = { readonly strict?: true; readonly lenient?: true };

export function strictOption(meaning: string): Option {
  return new Option("--strict", meaning).conflicts("lenient");
}

/** Scripts that were written when strictness was the default still use it. */
export function lenientOption(): Option {
  return new Option("--lenient", "the default: what is unbounded or untidy is a warning").hideHelp();
}

/** Of commands that print a table. */
export function wideOption(): Option {
  return new Option("--wide", "all columns with their whole texts and exact times, however wide the terminal is");
}
