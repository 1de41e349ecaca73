import type { Dice } from "../support/model/dice.ts";
import {
  type Action,
  type ActionKind,
  createClient,
  issueKey,
  revokeKey,
  rotateKey,
  setClientEnabled,
  setKeyEnabled,
  updateKey,
} from "./actions.ts";
import { type ClientFacts, type ExpectedState, type KeyFacts, stateAt } from "./expected-state.ts";

/** What actions are chosen from. */
export type Chooser = {
  readonly expected: ExpectedState;
  readonly dice: Dice;
  /** Clients and keys that must not change, and the subjects of actions in progress. */
  readonly busy: ReadonlySet<string>;
  /** An unused name. */
  readonly newName: () => string;
};

/** How often each kind is tried, in percent. */
const WEIGHTS = {
  "create-client": 2,
  "issue-key": 22,
  "update-key": 6,
  "rotate-key": 26,
  "revoke-key": 14,
  "disable-key": 10,
  "enable-key": 8,
  "disable-client": 6,
  "enable-client": 6,
} satisfies Record<ActionKind, number>;

const WEIGHTED_KINDS = Object.entries(WEIGHTS).flatMap(([kind, count]) =>
  Array<ActionKind>(count).fill(kind as ActionKind),
);

/** Ends at once, during the test, and after it. */
const OVERLAPS_SECONDS = [0, 2, 3600];
const SCOPE_LISTS = [["data:read"], ["data:read", "info:read"], ["data:read", "secret:read"]];
/** How many clients or keys are tried until one suits the action. */
const TRIES = 30;

/** Chooses the next action; if nothing suits it, a key is issued instead. */
export function chooseAction(chooser: Chooser): Action {
  return CHOICES[chooser.dice.pick(WEIGHTED_KINDS)](chooser) ?? chooseIssue(chooser) ?? createClient(chooser.newName());
}

/** Some actions change nothing, on purpose: they are acknowledged too, and must leave no event. */
const CHOICES: Readonly<Record<ActionKind, (chooser: Chooser) => Action | undefined>> = {
  "create-client": ({ newName }) => createClient(newName()),
  "issue-key": chooseIssue,
  "update-key": (chooser) => {
    const key = findKey(chooser, ({ revokedAt }) => revokedAt === null);
    // One in twenty changes nothing.
    return key && updateKey(key.id, key.name, key.selfRotation === (chooser.dice.below(20) === 0));
  },
  "rotate-key": (chooser) => {
    const key = findKey(chooser, (one) => stateAt(one, Date.now()) === "active");
    return key && rotateKey(key.id, key.name, chooser.dice.pick(OVERLAPS_SECONDS));
  },
  "revoke-key": (chooser) => {
    const { dice } = chooser;
    const key = findKey(chooser, ({ revokedAt }) => revokedAt === null || dice.below(20) === 0);
    const keepSuccessors = dice.below(3) === 0;
    return key && revokeKey(key.id, key.name, { reason: `lost ${dice.below(1000)}`, keepSuccessors });
  },
  "disable-key": (chooser) => chooseKeyToggle(chooser, "disable"),
  "enable-key": (chooser) => chooseKeyToggle(chooser, "enable"),
  "disable-client": (chooser) => chooseClientToggle(chooser, "disable"),
  "enable-client": (chooser) => chooseClientToggle(chooser, "enable"),
};

function chooseIssue(chooser: Chooser): Action | undefined {
  const client = findClient(chooser, () => true);
  return client && issueKey(chooser.newName(), { id: client.id, name: client.name }, chooser.dice.pick(SCOPE_LISTS));
}

function chooseKeyToggle(chooser: Chooser, verb: "disable" | "enable"): Action | undefined {
  const key = findKey(chooser, (one) => isWorthTrying(one, verb, chooser.dice));
  return key && setKeyEnabled(key.id, key.name, verb);
}

function chooseClientToggle(chooser: Chooser, verb: "disable" | "enable"): Action | undefined {
  const client = findClient(chooser, (one) => isWorthTrying(one, verb, chooser.dice));
  return client && setClientEnabled(client.id, verb);
}

function isWorthTrying({ disabledAt }: Pick<KeyFacts, "disabledAt">, verb: "disable" | "enable", dice: Dice): boolean {
  return (disabledAt === null) === (verb === "disable") || dice.below(20) === 0;
}

function findKey({ expected, dice, busy }: Chooser, matches: (key: KeyFacts) => boolean): KeyFacts | undefined {
  const isFree = (key: KeyFacts) => !busy.has(key.name) && !busy.has(key.client.id);
  return findAmong([...expected.keys.values()], dice, (key) => isFree(key) && matches(key));
}

function findClient(
  { expected, dice, busy }: Chooser,
  matches: (client: ClientFacts) => boolean,
): ClientFacts | undefined {
  return findAmong([...expected.clients.values()], dice, (client) => !busy.has(client.id) && matches(client));
}

function findAmong<T>(list: readonly T[], dice: Dice, matches: (one: T) => boolean): T | undefined {
  if (list.length === 0) return undefined;
  for (let tries = 0; tries < TRIES; tries++) {
    const one = dice.pick(list);
    if (matches(one)) return one;
  }
  return undefined;
}
