/** Rewrites a URL in a response of an upstream for the client. */
export type ToClientUrl = (url: string) => string;

/** An absolute URL, or one that takes its scheme from the page. */
const WITH_HOST = /^(?:https?:)?\/\/([^/?#]*)(.*)$/is;

/** Browsers read `//host` and `/\host` as the host of another site. */
const OTHER_SITE = /^\/[/\\]/;

/**
 * Where a redirect names the upstream itself, the client gets a path of the gateway instead: without the host, and
 * without the path that the gateway puts in front of its own. Any other URL stays as it is.
 * @param upstream with that path, such as `http://127.0.0.1:5000/api`.
 */
export function createToClientUrl(upstream: URL): ToClientUrl {
  const base = upstream.pathname.replace(/\/$/, "");
  return (url) => {
    const [, host, rest = ""] = WITH_HOST.exec(url) ?? [];
    if (host === undefined) return base !== "" && url.startsWith("/") ? (withoutBase(url, base) ?? url) : url;
    if (hostOf(host, upstream.protocol) !== upstream.host) return url;
    return withoutBase(/^[?#]|^$/.test(rest) ? `/${rest}` : rest, base) ?? url;
  };
}

function withoutBase(path: string, base: string): string | undefined {
  const next = path[base.length] ?? "";
  if (!path.startsWith(base) || !["", "/", "?", "#"].includes(next)) return undefined;
  const rest = path.slice(base.length);
  const found = rest.startsWith("/") ? rest : `/${rest}`;
  return OTHER_SITE.test(found) ? undefined : found;
}

/** In lower case, and without the port that the scheme has anyway. */
function hostOf(text: string, protocol: string): string | undefined {
  const url = `${protocol}//${text}`;
  return URL.canParse(url) ? new URL(url).host : undefined;
}
