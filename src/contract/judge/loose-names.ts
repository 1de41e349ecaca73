/** Rails, Laravel and Symfony take its value for the method of the request: a key for POST would allow a DELETE. */
const METHOD = "_method";

/**
 * Whether some programs read a declared name, or another method, in a name that is not declared. Django drops the blanks
 * around it, PHP writes `_` for blanks and dots, and for PHP and qs a bracket that does not end begins a name inside.
 */
export function meansAnother(name: string, isDeclared: (name: string) => boolean): boolean {
  const [first = ""] = name.split("[");
  const readings = [first, first.trim(), first.trimStart().replaceAll(/[ .]/g, "_")];
  return readings.includes(METHOD) || readings.some(isDeclared);
}
