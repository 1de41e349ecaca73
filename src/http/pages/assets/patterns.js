/**
 * The document without the patterns that Swagger UI would misread: it compiles each without the flag `u`, so that `\p{L}`
 * means these letters, and stops where one is not valid. The service checks them all the same.
 */
export function withReadablePatterns(node) {
  if (Array.isArray(node)) return node.map(withReadablePatterns);
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node).filter(([name, value]) => name !== "pattern" || isReadable(value));
  return Object.fromEntries(entries.map(([name, value]) => [name, withReadablePatterns(value)]));
}

/** Of other languages, or with another meaning without the flag `u`. */
const FOREIGN = /\\[pPAzZ]|\\u\{|^\(\?[ims]+\)/;

/** Also a property that is called `pattern`, which is an object. */
function isReadable(pattern) {
  if (typeof pattern !== "string") return true;
  try {
    new RegExp(pattern);
    return !FOREIGN.test(pattern);
  } catch {
    return false;
  }
}
