/**
 * Named classes of Java, POSIX and other languages, which people write as `\p{Alnum}`, and their content in a class of
 * ECMA-262.
 */
const CLASSES: ReadonlyMap<string, string> = new Map([
  ["Alnum", "0-9A-Za-z"],
  ["Alpha", "A-Za-z"],
  ["Blank", "\\x20\\t"],
  ["Cntrl", "\\x00-\\x1f\\x7f"],
  ["Digit", "0-9"],
  ["Graph", "\\x21-\\x7e"],
  ["Lower", "a-z"],
  ["Print", "\\x20-\\x7e"],
  ["Punct", "\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e"],
  ["Space", "\\x20\\t\\n\\v\\f\\r"],
  ["Upper", "A-Z"],
  ["XDigit", "0-9A-Fa-f"],
  ["all", "\\u{0}-\\u{10FFFF}"],
  ["IsLetter", "\\p{L}"],
  ["IsDigit", "\\p{Nd}"],
]);

/** What stands for `\p{Name}` in a class; undefined when ECMA-262 knows the name, or no language does. */
export function foreignClass(piece: string): string | undefined {
  const [, name = ""] = /^\\p\{(\w+)\}$/.exec(piece) ?? [];
  return CLASSES.get(name) ?? (name !== "" && isScript(name) ? `\\p{Script=${name}}` : undefined);
}

/** Other languages know scripts without `Script=`. */
function isScript(name: string): boolean {
  return !isProperty(name) && isProperty(`Script=${name}`);
}

function isProperty(name: string): boolean {
  try {
    new RegExp(`\\p{${name}}`, "u");
    return true;
  } catch {
    return false;
  }
}
