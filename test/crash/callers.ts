import type { Dice } from "../support/model/dice.ts";
import type { Action, ActionKind } from "./actions.ts";
import { type ApiResponse, call } from "./call.ts";
import { type Chooser, chooseAction } from "./choose-action.ts";
import type { ExpectedState } from "./expected-state.ts";
import type { Finding } from "./finding.ts";
import type { ServiceRun } from "./service-run.ts";

/** More than SQLite can do at once, so that actions wait for each other. */
const CALLERS = 16;

export type Callers = {
  /** How many actions were acknowledged and changed something. */
  readonly acknowledged: () => number;
  readonly byKind: ReadonlyMap<ActionKind, number>;
  readonly findings: readonly Finding[];
  /**
   * All callers carry out one action after the other until the service is killed, or refuses one.
   * @returns the actions without a response.
   */
  readonly workOn: (service: ServiceRun) => Promise<readonly Action[]>;
};

/** @param idle ids of clients that no action may change. */
export function createCallers(expected: ExpectedState, secret: string, dice: Dice, idle: readonly string[]): Callers {
  const busy = new Set<string>(idle);
  const byKind = new Map<ActionKind, number>();
  const findings: Finding[] = [];
  let acknowledged = 0;
  let names = 0;
  const chooser: Chooser = { expected, dice, busy, newName: () => `name ${names++}` };

  const acknowledge = (action: Action, { status, requestId, body }: ApiResponse) => {
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

  /** @returns the action without a response, if there is one. */
  const work = async (service: ServiceRun): Promise<readonly Action[]> => {
    while (findings.length === 0) {
      const action = chooseAction(chooser);
      busy.add(action.subject);
      try {
        acknowledge(
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
