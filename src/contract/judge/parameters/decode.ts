import { Unreadable } from "./split.ts";

/** Decodes a name or a value of a query as forms are encoded: percent-encoding in UTF-8, and `+` for a space. */
export function decodeFormText(raw: string): string | Unreadable {
  const text = raw.includes("+") ? raw.replaceAll("+", " ") : raw;
  return text.includes("%") ? (decodePercent(text) ?? BROKEN) : text;
}

const BROKEN = new Unreadable("is not percent-encoded UTF-8: write %25 for a percent sign");

/** @returns undefined if the encoding is broken. */
export function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
