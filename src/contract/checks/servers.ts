import type { Pointer, Report } from "../document/finding.ts";
import { asList, asRecord, type JsonObject } from "../document/json.ts";
import type { Outline } from "../model/outline.ts";

/** Finds servers with a path: routes know only the entries of `paths`. User contracts have none when they are checked. */
export function checkServers({ document, operations }: Outline, report: Report) {
  checkList(document.root["servers"], ["servers"], report);
  for (const { place, item, pointer, operation } of operations) {
    checkList(item["servers"], [...place, "servers"], report);
    checkList(operation["servers"], [...pointer, "servers"], report);
  }
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
