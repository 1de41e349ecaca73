/** The headers of a list (name, value, name, value, …) by name; of several lines with the same name, the last. */
export function toHeaderRecord(list: readonly string[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < list.length; index += 2) headers[list[index] ?? ""] = list[index + 1] ?? "";
  return headers;
}
