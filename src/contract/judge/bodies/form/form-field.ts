import type { InvalidPart } from "../../../../problem/problem.ts";

/** A field of a form, or a part of one, as it was sent. */
export type FormField = {
  readonly name: string;
  /** Empty where the content was not read. */
  readonly text: string;
  /** The Content-Type of a part; undefined where it has none. */
  readonly contentType?: string | undefined;
  /** Has it a file name, so that most programs read it as a file? */
  readonly isFile?: boolean;
  /** The size of content that was not read. */
  readonly unreadBytes?: number | undefined;
};

/** The value of a form or of a part of it, or what is wrong with it. */
export type FormOutcome =
  | { readonly kind: "read"; readonly value: unknown }
  | { readonly kind: "invalid"; readonly part: InvalidPart };

export function read(value: unknown): FormOutcome {
  return { kind: "read", value };
}

/** @param path the names that lead to the field. */
export function invalid(path: readonly string[], detail: string): FormOutcome {
  // Names come from the caller and may contain anything.
  const pointer = path.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  return { kind: "invalid", part: { detail, pointer: `#${pointer.replaceAll(/[^ -~]/g, "?").slice(0, 200)}` } };
}
