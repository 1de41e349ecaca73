import type { Validated } from "../http/message/exchange.ts";
import type { Reply } from "../http/reply/reply.ts";
import type { RecheckKey } from "../http/stages/recheck.ts";
import type { OpenStream, StreamAdmission } from "./tunnels/open-streams.ts";

/** Whether the key of a request is still admitted, while its response lasts. What is recorded of it stays as it is. */
export function streamAdmission(exchange: Validated, recheckKey: RecheckKey): OpenStream["admission"] {
  if (exchange.admission.key === undefined) return () => "admitted";
  return () => {
    try {
      // The check changes what it is given.
      const reply = recheckKey({ ...exchange });
      return reply instanceof Promise ? reply.then(toAdmission, () => "unknown" as const) : toAdmission(reply);
    } catch {
      return "unknown";
    }
  };
}

function toAdmission(reply: Reply | undefined): StreamAdmission {
  if (reply === undefined) return "admitted";
  return reply.kind === "problem" && reply.problem.code === "unavailable" ? "unknown" : "refused";
}
