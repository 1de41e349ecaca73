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
  /** How the value is written in the settings file. */
  readonly inFile: FileForm;
  /** Its value is never shown. */
  readonly isSecret?: true;
};

/** How a value is written in the settings file. */
export type FileForm =
  | { readonly kind: "text" }
  | { readonly kind: "number"; readonly least: number; readonly most: number }
  /** `true` and `false` there; as text, these words. */
  | { readonly kind: "switch"; readonly on: string; readonly off: string }
  | { readonly kind: "choice"; readonly words: readonly string[] }
  /** A list there; as text, with commas between the items. */
  | { readonly kind: "list" }
  /** The path of a file, relative to the settings file. */
  | { readonly kind: "path" }
  /** `sqlite:` and such a path. */
  | { readonly kind: "database" }
  /** It cannot be in the file, because of this. */
  | { readonly kind: "absent"; readonly reason: string };

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

/** A whole number from `least` to `most`. @param unit such as "bytes". */
export function wholeNumber(least: number, most: number, unit?: string) {
  return {
    accepts: `a whole number ${unit === undefined ? "" : `of ${unit} `}from ${least} to ${most}`,
    schema: z
      .string()
      .regex(new RegExp(`^\\d{1,${String(most).length}}$`))
      .transform(Number)
      .refine((number) => number >= least && number <= most),
    inFile: { kind: "number", least, most },
  } as const;
}

/** One of `words`. */
export function choice<const Words extends readonly [string, ...string[]]>(words: Words) {
  return { schema: z.enum(words), inFile: { kind: "choice", words } } as const;
}

/** Text that is one of two words. @param on the one that means yes. */
export function eitherOf(on: string, off: string) {
  return {
    accepts: `${on} or ${off}`,
    schema: z.enum([on, off]).transform((word) => word === on),
    inFile: { kind: "switch", on, off },
  } as const;
}

/** A list with commas between its items. */
export function list(isItem: (item: string) => boolean) {
  return z
    .string()
    .transform((text) => text.split(",").filter((item) => item !== ""))
    .refine((items) => items.every(isItem));
}

/** The path of a file, or empty. */
export const FILE_PATH = { schema: z.string().max(4096), inFile: { kind: "path" } } as const;

/** What a value that is not valid should be. It is not quoted: it may be a secret in the wrong place. */
export function invalidText(name: string, { accepts, example }: Pick<Setting<unknown>, "accepts" | "example">): string {
  return `${name} is not valid: give ${accepts}${example === undefined ? "" : `, such as ${example}`}.`;
}
