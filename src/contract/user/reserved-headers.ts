import { foldHeaderName } from "../../lib/http/fold-header-name.ts";
import { isNeverForwarded, isNeverReturned } from "../../lib/http/never-forwarded.ts";
import type { Pointer, Report } from "../document/finding.ts";
import { asRecord } from "../document/json.ts";
import type { Outline } from "../model/outline.ts";

/** Finds declared headers that the gateway keeps for itself: a request may have them, but they arrive at neither side. */
export function reportReservedHeaders({ document, operations }: Outline, report: Report) {
  const reported = new Set<string>();
  const reportOnce = (place: Pointer, name: string, what: string) => {
    if (reported.has(what)) return;
    reported.add(what);
    report(place, `${what}: ${name === "x-request-id" ? REQUEST_ID : RENAME}`, "reserved-header");
  };
  for (const { pointer, operation, parameters } of operations) {
    for (const { place, parameter } of parameters) {
      const name = String(parameter["name"]).toLowerCase();
      if (parameter["in"] !== "header" || !isNeverForwarded(foldHeaderName(name))) continue;
      reportOnce(place, name, `the header ${name} of a request never reaches an upstream`);
    }
    for (const [status, written] of Object.entries(asRecord(operation["responses"]))) {
      const headers = asRecord(document.resolve(written)?.["headers"]);
      for (const header of Object.keys(headers)) {
        const name = header.toLowerCase();
        if (!isNeverReturned(foldHeaderName(name))) continue;
        reportOnce([...pointer, "responses", status], name, `the header ${name} of an upstream never reaches a client`);
      }
    }
  }
}

const REQUEST_ID = "Latchkey sends its own, the same to both sides";
const RENAME = "Latchkey decides about headers of this name; use another one if you need the value";
