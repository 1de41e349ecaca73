import type { Operation } from "../../../contract/model/operations.ts";
import { redactKeys } from "../../../keys/format.ts";
import type { Clock } from "../../../lib/time/clock.ts";
import type { InvalidPart } from "../../../problem/problem.ts";
import type { Violations } from "../../../usage/violations.ts";
import type { Admitted } from "../../message/exchange.ts";
import { exampleOf } from "./black-out.ts";

/** What happens to requests whose parameters or body do not match the contract, where it says to report them. */
export type Reporting = {
  /** Are invalid requests of `operation` passed on? */
  readonly isReported: (operation: Operation) => boolean;
  /** Counts what is wrong with a request that is passed on. */
  readonly note: (exchange: Admitted, parts: readonly InvalidPart[]) => void;
};

/** Nothing is passed on. */
export const ENFORCED: Reporting = { isReported: () => false, note: () => {} };

type ReportingDeps = {
  /** What operations do that say nothing themselves. */
  readonly usual: "enforce" | "report";
  /** Operations that this service or a typed handler responds to: they rely on what was checked. */
  readonly isHandled: (operationId: string) => boolean;
  readonly violations: Pick<Violations, "note">;
  readonly clock: Clock;
};

export function createReporting({ usual, isHandled, violations, clock }: ReportingDeps): Reporting {
  return {
    isReported: ({ id, requests = usual }) => requests === "report" && !isHandled(id),
    note: (exchange, parts) => {
      for (const { pointer, detail } of parts) {
        // Both may quote a name that the caller chose, and it may be a key.
        const place = redactKeys(withoutIndices(pointer));
        const violation = { operation: exchange.operation.id, pointer: place, detail: redactKeys(detail) };
        violations.note(violation, clock.now(), () => exampleOf(exchange, place));
      }
    },
  };
}

/** `#/items/17/name` becomes `#/items/-/name`: the same mistake in each item is one kind. */
function withoutIndices(pointer: string): string {
  return pointer.replaceAll(/\/\d+(?=\/|$)/g, "/-");
}
