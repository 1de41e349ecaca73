import { viewOfDecision } from "../../admin/views.ts";
import { findDecision } from "../../store/decisions.ts";
import { CommandFailed } from "../failure.ts";
import { type JsonOption, toJson } from "../output.ts";
import { configOf, type Session, withActions } from "../session.ts";
import { paintSheet } from "../terminal/sheet.ts";

/** Prints which check refused a request, and the line of the contract behind it. */
export async function explainRefusal(session: Session, requestId: string, { json }: JsonOption) {
  const decision = await withActions(session, ({ db }) => findDecision(db, requestId));
  if (decision === undefined)
    throw new CommandFailed(
      `No refused request ${requestId} is stored: check the id, or search the log of the service.`,
    );
  const view = viewOfDecision(decision);
  if (json) return session.out(toJson(view));
  const file = (await configOf(session)).contract.path ?? "openapi.yaml";
  const { status, code, check, detail, at, method, operation, line, clientId, keyId, address } = view;
  session.show(
    paintSheet(
      {
        request: requestId,
        at,
        response: `${status} ${code}`,
        "check that failed": check,
        detail,
        operation: operation === "" ? `none (${method})` : `${method} ${operation}`,
        ...(line > 0 && { contract: `${file}:${line}` }),
        ...(keyId !== "" && { key: keyId }),
        ...(clientId !== "" && { client: clientId }),
        from: address,
      },
      session.screen,
    ),
  );
}
