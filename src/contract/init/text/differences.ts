import type { Pointer } from "../../document/finding.ts";
import { isRecord, type JsonObject } from "../../document/json.ts";

/** One value that `after` has and `before` has not. */
export type Difference = {
  /** The object that holds the value. */
  readonly holder: Pointer;
  readonly key: string;
  readonly value: unknown;
  /** `before` has no such key. */
  readonly isNew: boolean;
};

/** What has to be written into `before` to make it `after`, which has every key of `before`. Lists are written whole. */
export function differencesOf(before: JsonObject, after: JsonObject, holder: Pointer = []): readonly Difference[] {
  return Object.entries(after).flatMap(([key, value]): readonly Difference[] => {
    if (!Object.hasOwn(before, key)) return [{ holder, key, value, isNew: true }];
    const old = before[key];
    if (isRecord(old) && isRecord(value)) return differencesOf(old, value, [...holder, key]);
    return JSON.stringify(old) === JSON.stringify(value) ? [] : [{ holder, key, value, isNew: false }];
  });
}

/** The replacement of a part of a text. */
export type Edit = { readonly start: number; readonly end: number; readonly text: string };

/** Edits may touch, but not overlap; those at one position are made in their order. */
export function withEdits(text: string, edits: readonly Edit[]): string {
  const inOrder = edits.toSorted((one, other) => one.start - other.start);
  let [done, at] = ["", 0];
  for (const { start, end, text: added } of inOrder) {
    done += text.slice(at, start) + added;
    at = end;
  }
  return done + text.slice(at);
}
