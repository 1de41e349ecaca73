/**
 * Decodes a name or a value of a query as forms are encoded: percent-encoding in UTF-8, and `+` for a space.
 * @returns undefined if the encoding is broken.
 */
export function decodeFormText(raw: string): string | undefined {
  const text = raw.includes("+") ? raw.replaceAll("+", " ") : raw;
  return text.includes("%") ? decodePercent(text) : text;
}

/** @returns undefined if the encoding is broken. */
export function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
