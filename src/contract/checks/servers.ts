import type { Pointer, Report } from "../document/finding.ts";
import { asList, asRecord, type JsonObject } from "../document/json.ts";
import type { Outline } from "../model/outline.ts";

/** Finds servers with a path: routes know only the entries of `paths`. */
export function checkServers({ document, operations }: Outline, report: Report) {
  checkList(document.root["servers"], ["servers"], report);
  for (const { place, item, pointer, operation } of operations) {
    checkList(item["servers"], [...place, "servers"], report);
    checkList(operation["servers"], [...pointer, "servers"], report);
  }
}

/**
 * The path of `servers`, such as `/v1`; undefined when they have no path, or different ones.
 * @param isFirstEnough of different paths, the first one counts.
 */
export function serverPathOf(servers: unknown, isFirstEnough = false): string | undefined {
  const paths = new Set(asList(servers).map((server) => pathOfServer(asRecord(server))));
  const [path = ""] = paths;
  return (isFirstEnough || paths.size === 1) && path !== "" ? path : undefined;
}

function pathOfServer(server: JsonObject): string {
  const [, path = ""] = /^(?:[^/]+:\/\/[^/]+)?(\/.*)?$/.exec(filledUrl(server)) ?? [];
  return path.replace(/\/$/, "");
}

function filledUrl({ url, variables }: JsonObject): string {
  return String(url).replaceAll(/\{([^}]*)\}/g, (whole, name: string) =>
    String(asRecord(asRecord(variables)[name])["default"] ?? whole),
  );
}

function checkList(servers: unknown, place: Pointer, report: Report) {
  asList(servers).forEach((server, index) => {
    const { url } = asRecord(server);
    if (/^(?:[^/]+:\/\/[^/]+)?\/?$/.test(filledUrl(asRecord(server)))) return;
    report(
      [...place, index, "url"],
      `the server URL ${url} has a path: put that path into every entry of paths instead`,
    );
  });
}
