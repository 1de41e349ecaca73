import { z } from "zod";

export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** A setting: how its text is parsed, and what documentation and error messages say about it. */
export type Setting<T> = {
  /** The environment variable. */
  readonly name: string;
  readonly meaning: string;
  /** The default, as text; empty: none. */
  readonly fallback: string;
  /** The accepted values, as the end of the sentence "give …". */
  readonly accepts: string;
  readonly example?: string;
  /** The page in docs/ that explains it. */
  readonly guide?: string;
  readonly schema: z.ZodType<T, string>;
};

/** Settings that belong together, under one heading. */
export type SettingGroup = { readonly title: string; readonly settings: readonly Setting<unknown>[] };

/** The value of a setting. An error in it is collected, not thrown; the default stands in for it. */
export type ReadSetting = <T>(setting: Setting<T>) => T;

/** Collects an error in the settings. */
export type ReportError = (message: string) => void;

/** Infers the type of the value from `schema`. */
export function setting<T>(definition: Setting<T>): Setting<T> {
  return definition;
}

/** Text that `pattern` matches, as a number. */
export function numberLike(pattern: RegExp) {
  return z.string().regex(pattern).transform(Number);
}

/** A list with commas between its items. */
export function list(isItem: (item: string) => boolean) {
  return z
    .string()
    .transform((text) => text.split(",").filter((item) => item !== ""))
    .refine((items) => items.every(isItem));
}

/** The path of a file, or empty. */
export const FILE_PATH = z.string().max(4096);
