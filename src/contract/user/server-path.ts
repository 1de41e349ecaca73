import { asList, asRecord, type JsonObject } from "../document/json.ts";

/** What the URLs of some servers say about the paths below them. */
export type ServerPaths = {
  /** The path of the first server, such as `/v1`; empty where it has none. */
  readonly first: string;
  /** The different paths of all servers. */
  readonly all: readonly string[];
  /** The hosts of the servers, as written. */
  readonly hosts: readonly string[];
};

/** @param servers a list of server objects. Variables have their defaults. */
export function serverPathsOf(servers: unknown): ServerPaths {
  const urls = asList(servers).map((server) => splitUrl(filledUrl(asRecord(server))));
  const all = [...new Set(urls.map(({ path }) => path))];
  return { first: all[0] ?? "", all, hosts: urls.flatMap(({ host }) => (host === undefined ? [] : [host])) };
}

function filledUrl({ url, variables }: JsonObject): string {
  return String(url).replaceAll(/\{([^}]*)\}/g, (whole, name: string) =>
    String(asRecord(asRecord(variables)[name])["default"] ?? whole),
  );
}

/** A URL with its host; the scheme may be missing, and people forget both it and the slashes. */
const WITH_HOST = /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)([^?#]*)/i;
const BARE_HOST = /^([^/?#]*[.:<][^/?#]*)([^?#]*)/;

/** @returns the path without a slash at its end. */
function splitUrl(url: string): { readonly host: string | undefined; readonly path: string } {
  const isRelative = /^\.{0,2}\//.test(url) && !url.startsWith("//");
  const [, host, rest] = (isRelative ? null : (WITH_HOST.exec(url) ?? BARE_HOST.exec(url))) ?? [];
  const written = rest ?? url.replace(/[?#].*/s, "");
  const segments: string[] = [];
  for (const segment of written.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return { host, path: segments.map((segment) => `/${segment}`).join("") };
}
