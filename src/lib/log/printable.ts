/**
 * Characters that do something to a terminal, or cannot be seen there: control characters, those that change the direction of
 * writing, halves of pairs, tags, separators of lines, and all of no width. Not those that only choose how an emoji looks.
 */
const UNPRINTABLE = /(?!\n|\p{VS})[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/gu;

/**
 * `text` with everything escaped but what can be seen, and line feeds. As JSON escapes it, so that JSON stays the same; a
 * program that reads lines may rely on them.
 */
export function toPrintable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** The same in one line, for a text that must not begin one of its own. */
export function toPrintableLine(text: string): string {
  return toPrintable(text).replaceAll("\n", "\\n");
}

/** Is there nothing in `text` that is escaped? */
export function isPrintable(text: string): boolean {
  return toPrintable(text) === text;
}

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`)
    .join("");
}
