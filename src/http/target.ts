/** The path of an origin-form target, as it was sent. */
export function pathOf(target: string): string {
  const at = target.indexOf("?");
  return at < 0 ? target : target.slice(0, at);
}

/** The values of the query parameter `name`, decoded. */
export function queryValues(target: string, name: string): readonly string[] {
  return new URLSearchParams(queryOf(target)).getAll(name);
}

/** `target` without the query parameters `names`; everything else stays as it was sent, to the letter. */
export function withoutParameters(target: string, names: readonly string[]): string {
  const query = queryOf(target);
  if (query === "") return target;
  const kept = query.split("&").filter((pair) => !names.some((name) => new URLSearchParams(pair).has(name)));
  return kept.length === 0 ? pathOf(target) : `${pathOf(target)}?${kept.join("&")}`;
}

export function queryOf(target: string): string {
  const at = target.indexOf("?");
  return at < 0 ? "" : target.slice(at + 1);
}
