/** The values of each cookie in a `Cookie` header (RFC 6265 §4.2.1), as sent. */
export function parseCookies(header: string): ReadonlyMap<string, readonly string[]> {
  const cookies = new Map<string, string[]>();
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (at < 0) continue;
    const name = nameOf(pair);
    const value = pair.slice(at + 1).trim();
    const values = cookies.get(name);
    if (values === undefined) cookies.set(name, [value]);
    else values.push(value);
  }
  return cookies;
}

/** The line without the cookies `names`, every other byte as it was sent; undefined if nothing is left. */
export function withoutCookies(line: string, names: readonly string[]): string | undefined {
  const pairs = line.split(";");
  const kept = pairs.filter((pair) => !names.includes(nameOf(pair)) && !names.includes(decoded(nameOf(pair))));
  if (kept.length === pairs.length) return line;
  const text = kept.join(";").trimStart();
  return text === "" ? undefined : text;
}

function nameOf(pair: string): string {
  const at = pair.indexOf("=");
  return (at < 0 ? pair : pair.slice(0, at)).trim();
}

/** Some servers decode names too. In doubt, a cookie that others could read as a key is removed. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
