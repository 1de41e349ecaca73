import type { ProblemCode } from "../../../problem/catalog.ts";
import { type Admitted, type Exchange, recordOf } from "../../message/exchange.ts";
import { hasBody } from "../../message/unread-body.ts";
import type { Reply } from "../../reply/reply.ts";
import type { Stage } from "../stage.ts";
import type { Reporting } from "./reporting.ts";

/**
 * Reads bodies as `stage` does. Where invalid requests are reported, a body that does not match the contract is passed on:
 * one that is missing, not expected, of another media type, or that is not the JSON it claims to be. What stays refused is
 * what cannot be read at all: a body that is too large, too slow, or broken off.
 */
export function reportBody(stage: Stage<Admitted>, reporting: Reporting): Stage<Admitted> {
  const { isReported, note } = reporting;
  return {
    check: stage.check,
    run: (exchange) => {
      const { operation } = exchange;
      if (!isReported(operation)) return stage.run(exchange);
      const record = recordOf(exchange);
      if (operation.body === undefined && hasBody(exchange)) {
        note(exchange, [{ pointer: "#", detail: "a body is not declared" }]);
        record.body = STREAMED;
        return undefined;
      }
      const tolerate = (reply: Reply | undefined) => {
        const isThere = record.body !== undefined || !record.req.readableDidRead;
        if (reply === undefined || !isThere || tolerateContent(exchange, reply, reporting) !== undefined) return reply;
        // A body of another media type has not been read; one that is missing does not stand in the way.
        record.body ??= hasBody(exchange) ? STREAMED : NO_BODY;
        return undefined;
      };
      const result = stage.run(exchange);
      return result instanceof Promise ? result.then(tolerate) : tolerate(result as Reply | undefined);
    },
  };
}

const STREAMED = { kind: "streamed" } as const;
const NO_BODY = { kind: "none" } as const;

/**
 * Reports a refusal instead, if it is about what the body says, and invalid requests are reported.
 * @returns the refusal if it stays one.
 */
export function tolerateContent(exchange: Admitted, reply: Reply, { isReported, note }: Reporting): Reply | undefined {
  if (!isReported(exchange.operation) || reply.kind !== "problem") return reply;
  if (!isAboutContent(reply.problem.code, recordOf(exchange))) return reply;
  const { detail, errors = [{ pointer: "#", detail: lowered(detail) }] } = reply.problem;
  note(exchange, errors);
  return undefined;
}

function isAboutContent(code: ProblemCode, { passToHostApp }: Exchange): boolean {
  // A parser of the host app could not read a malformed body either.
  return ABOUT_CONTENT.includes(code) || (code === "body-malformed" && passToHostApp === undefined);
}

const ABOUT_CONTENT: readonly ProblemCode[] = ["request-invalid", "media-type-unsupported"];

/** Details of other violations begin in lower case and have no period. */
function lowered(detail: string): string {
  return `${detail.slice(0, 1).toLowerCase()}${detail.slice(1).replace(/\.$/, "")}`;
}
