import type { Report } from "../document/finding.ts";
import { asRecord } from "../document/json.ts";
import type { Outline } from "../model/outline.ts";

/** Finds WebSockets that no client can open, and words about WebSockets where there is none. */
export function checkUpgrades({ operations }: Outline, report: Report) {
  for (const { label, method, pointer, operation, extension } of operations) {
    const at = [...pointer, "x-latchkey"];
    if (extension.upgrade !== undefined && method !== "get")
      report([...at, "upgrade"], `${label} cannot open a WebSocket: declare upgrade: websocket at a GET`);
    if (extension.upgrade !== undefined) continue;
    if (extension.messages !== undefined)
      report([...at, "messages"], `${label} is not a WebSocket, so it has no messages: add upgrade: websocket`);
    if (Object.hasOwn(asRecord(operation["responses"]), "101"))
      report(
        [...pointer, "responses", "101"],
        `${label} declares 101, but upgrades are refused: add x-latchkey: { upgrade: websocket }`,
        "upgrade-undeclared",
      );
  }
}
