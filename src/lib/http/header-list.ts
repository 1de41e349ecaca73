/** The headers of a list (name, value, name, value, …) by name; of several lines with the same name, the last. */
export function toHeaderRecord(list: readonly string[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  eachHeader(list, (name, value) => {
    headers[name] = value;
  });
  return headers;
}

/** @param list name, value, name, value, … */
export function eachHeader(list: readonly string[], visit: (name: string, value: string) => void) {
  for (let index = 0; index < list.length; index += 2) visit(list[index] ?? "", list[index + 1] ?? "");
}
