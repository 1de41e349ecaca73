import type { Pointer, Report } from "./finding.ts";
import { asList, asRecord, type JsonObject } from "./json.ts";
import { operationsIn } from "./operations.ts";

/** Finds servers with a path: the route table knows the entries of `paths` alone. */
export function checkServers(document: JsonObject, report: Report) {
  checkList(document["servers"], ["servers"], report);
  for (const { place, item, pointer, operation } of operationsIn(document)) {
    checkList(item["servers"], [...place, "servers"], report);
    checkList(operation["servers"], [...pointer, "servers"], report);
  }
}

function checkList(servers: unknown, place: Pointer, report: Report) {
  asList(servers).forEach((server, index) => {
    const { url, variables } = asRecord(server);
    const filled = String(url).replaceAll(/\{([^}]*)\}/g, (whole, name: string) =>
      String(asRecord(asRecord(variables)[name])["default"] ?? whole),
    );
    if (/^(?:[^/]+:\/\/[^/]+)?\/?$/.test(filled)) return;
    report(
      [...place, index, "url"],
      `the server URL ${url} has a path: write that path into every entry of paths instead`,
    );
  });
}
