import { type ActionDeps, OPERATOR_AUTHORITY } from "../../../admin/actions.ts";
import { type DisableKeyOutcome, disableKey, enableKey } from "../../../admin/keys/disable-key.ts";
import { viewOfKey } from "../../../admin/views.ts";
import type { ApiKey } from "../../../keys/key.ts";
import { stateOf } from "../../../keys/lifecycle.ts";
import { unknownKey } from "../../outcome-failures.ts";
import { type JsonOption, toJson } from "../../output.ts";
import { type Session, withChanges } from "../../session.ts";

export function disableOneKey(session: Session, id: string, options: JsonOption) {
  return change(session, id, options, { done: "Disabled", act: (deps) => disableKey(id, deps) });
}

export function enableOneKey(session: Session, id: string, options: JsonOption) {
  return change(session, id, options, { done: "Enabled", act: (deps) => enableKey(id, OPERATOR_AUTHORITY, deps) });
}

type Change = { readonly done: string; readonly act: (deps: ActionDeps) => Promise<DisableKeyOutcome> };

async function change(session: Session, id: string, { json }: JsonOption, { done, act }: Change) {
  const { outcome, now } = await withChanges(session, async (deps) => ({
    outcome: await act(deps),
    now: deps.clock.now(),
  }));
  const key = requireDone(outcome, id);
  session.out(json ? toJson(viewOfKey(key, now)) : `${done} ${id}; it is ${stateOf(key, now)}.\n`);
}

function requireDone(outcome: DisableKeyOutcome, id: string): ApiKey {
  if (outcome.kind === "done") return outcome.key;
  if (outcome.kind === "key-unknown") throw unknownKey(id);
  throw new Error("The operator was refused a scope.");
}
