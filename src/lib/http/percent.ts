/** False if `target` has a broken percent-encoding, invalid UTF-8 or U+0000: programs disagree about their meaning. */
export function isWellEncoded(target: string): boolean {
  if (!target.includes("%")) return true;
  try {
    return !decodeURIComponent(target).includes("\0");
  } catch {
    return false;
  }
}
