/** Programs disagree about broken percent-encodings, invalid UTF-8 and U+0000: a target with any of them is not this. */
export function isWellEncoded(target: string): boolean {
  if (!target.includes("%")) return true;
  try {
    return !decodeURIComponent(target).includes("\0");
  } catch {
    return false;
  }
}
