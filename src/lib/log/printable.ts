/**
 * Characters that control a terminal or cannot be seen in one: control characters, direction marks, unpaired
 * surrogates, tags, line and paragraph separators, and other characters of zero width. Variation selectors, which only
 * choose how an emoji looks, are not among them.
 */
const UNPRINTABLE = /(?!\n|\p{VS})[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/gu;

/**
 * `text` with all unprintable characters but line feeds escaped. The escapes are those of JSON, so that JSON keeps its
 * meaning, and programs may rely on one line feed per line.
 */
export function toPrintable(text: string): string {
  return text.replace(UNPRINTABLE, toEscape);
}

/** The same with line feeds escaped too: for a text that must stay on its line. */
export function toPrintableLine(text: string): string {
  return toPrintable(text).replaceAll("\n", "\\n");
}

/** Would `toPrintable` leave `text` as it is? */
export function isPrintable(text: string): boolean {
  return toPrintable(text) === text;
}

function toEscape(character: string): string {
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`)
    .join("");
}
