import type { Dice } from "../support/model/dice.ts";
import type { Action, ActionKind } from "./actions.ts";
import { type ApiResponse, call } from "./call.ts";
import { type Chooser, chooseAction } from "./choose-action.ts";
import type { ExpectedState } from "./expected-state.ts";
import type { Finding } from "./finding.ts";
import type { ServiceRun } from "./service-run.ts";

/** More than SQLite can do at once, so that deeds wait for each other. */
const CALLERS = 16;

export type Callers = {
  /** Deeds that were acknowledged and changed something. */
  readonly acknowledged: () => number;
  readonly byKind: ReadonlyMap<ActionKind, number>;
  readonly findings: readonly Finding[];
  /**
   * Lets all callers do one deed after the other until the service is gone, or refuses one.
   * @returns the deeds that were not answered.
   */
  readonly workOn: (service: ServiceRun) => Promise<readonly Action[]>;
};

/** @param idle ids of clients that are to be left alone. */
export function createCallers(expected: ExpectedState, secret: string, dice: Dice, idle: readonly string[]): Callers {
  const busy = new Set<string>(idle);
  const byKind = new Map<ActionKind, number>();
  const findings: Finding[] = [];
  let acknowledged = 0;
  let names = 0;
  const chooser: Chooser = { expected, dice, busy, newName: () => `name ${names++}` };

  const writeDown = (action: Action, { status, requestId, body }: ApiResponse) => {
    if (status !== 200 && status !== 201) {
      findings.push({ kind: "refused", text: `${action.path}: ${status} ${JSON.stringify(body)}` });
      return;
    }
    const events = action.acknowledge(expected, body);
    expected.events.set(requestId, events);
    if (events.length === 0) return;
    acknowledged++;
    byKind.set(action.kind, (byKind.get(action.kind) ?? 0) + 1);
  };

  /** @returns the deed that was not answered, if there is one. */
  const work = async (service: ServiceRun): Promise<readonly Action[]> => {
    while (findings.length === 0) {
      const action = chooseAction(chooser);
      busy.add(action.subject);
      try {
        writeDown(
          action,
          await call(service, { method: action.method ?? "POST", path: action.path, body: action.body, secret }),
        );
      } catch (error) {
        if (!service.isEnding()) findings.push({ kind: "refused", text: `${action.path}: ${error}` });
        return [action];
      } finally {
        busy.delete(action.subject);
      }
    }
    return [];
  };

  return {
    acknowledged: () => acknowledged,
    byKind,
    findings,
    workOn: async (service) => (await Promise.all(Array.from({ length: CALLERS }, () => work(service)))).flat(),
  };
}
