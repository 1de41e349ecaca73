import type { Dice } from "../support/model/dice.ts";
import {
  createClient,
  type Deed,
  type DeedKind,
  issueKey,
  pauseClient,
  pauseKey,
  revokeKey,
  rotateKey,
  updateKey,
} from "./deeds.ts";
import { type ClientFacts, type KeyFacts, stateAt, type World } from "./world.ts";

/** Where deeds are chosen from. */
export type Chooser = {
  readonly world: World;
  readonly dice: Dice;
  /** Clients and keys that nobody may touch, and the subjects of deeds under way. */
  readonly busy: ReadonlySet<string>;
  /** A name that nothing has yet. */
  readonly newName: () => string;
};

/** How often each is tried, in a hundred. */
const OFTEN = {
  "create-client": 2,
  "issue-key": 22,
  "update-key": 6,
  "rotate-key": 26,
  "revoke-key": 14,
  "disable-key": 10,
  "enable-key": 8,
  "disable-client": 6,
  "enable-client": 6,
} satisfies Record<DeedKind, number>;

const LOTS = Object.entries(OFTEN).flatMap(([kind, count]) => Array<DeedKind>(count).fill(kind as DeedKind));

/** Ends at once; ends while the suite runs; outlasts it. */
const OVERLAPS_SECONDS = [0, 2, 3600];
const SCOPE_LISTS = [["data:read"], ["data:read", "info:read"], ["data:read", "secret:read"]];
/** So many places are looked at for something that the deed can be done to. */
const TRIES = 30;

/** The next deed; where there is nothing to do it to, a key is issued instead. */
export function chooseDeed(chooser: Chooser): Deed {
  return CHOICES[chooser.dice.pick(LOTS)](chooser) ?? chooseIssue(chooser) ?? createClient(chooser.newName());
}

/** Now and then a deed is done to what is so already: that is acknowledged too, and must leave no event. */
const CHOICES: Readonly<Record<DeedKind, (chooser: Chooser) => Deed | undefined>> = {
  "create-client": ({ newName }) => createClient(newName()),
  "issue-key": chooseIssue,
  "update-key": (chooser) => {
    const key = findKey(chooser, ({ revokedAt }) => revokedAt === null);
    // One in twenty is what is so already.
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
  "disable-key": (chooser) => choosePause(chooser, "disable"),
  "enable-key": (chooser) => choosePause(chooser, "enable"),
  "disable-client": (chooser) => chooseClientPause(chooser, "disable"),
  "enable-client": (chooser) => chooseClientPause(chooser, "enable"),
};

function chooseIssue(chooser: Chooser): Deed | undefined {
  const client = findClient(chooser, () => true);
  return client && issueKey(chooser.newName(), { id: client.id, name: client.name }, chooser.dice.pick(SCOPE_LISTS));
}

function choosePause(chooser: Chooser, verb: "disable" | "enable"): Deed | undefined {
  const key = findKey(chooser, (one) => isWorthIt(one, verb, chooser.dice));
  return key && pauseKey(key.id, key.name, verb);
}

function chooseClientPause(chooser: Chooser, verb: "disable" | "enable"): Deed | undefined {
  const client = findClient(chooser, (one) => isWorthIt(one, verb, chooser.dice));
  return client && pauseClient(client.id, verb);
}

function isWorthIt({ disabledAt }: Pick<KeyFacts, "disabledAt">, verb: "disable" | "enable", dice: Dice): boolean {
  return (disabledAt === null) === (verb === "disable") || dice.below(20) === 0;
}

function findKey({ world, dice, busy }: Chooser, isFit: (key: KeyFacts) => boolean): KeyFacts | undefined {
  const isFree = (key: KeyFacts) => !busy.has(key.name) && !busy.has(key.client.id);
  return findAmong([...world.keys.values()], dice, (key) => isFree(key) && isFit(key));
}

function findClient({ world, dice, busy }: Chooser, isFit: (client: ClientFacts) => boolean): ClientFacts | undefined {
  return findAmong([...world.clients.values()], dice, (client) => !busy.has(client.id) && isFit(client));
}

function findAmong<T>(list: readonly T[], dice: Dice, isFit: (one: T) => boolean): T | undefined {
  if (list.length === 0) return undefined;
  for (let tries = 0; tries < TRIES; tries++) {
    const one = dice.pick(list);
    if (isFit(one)) return one;
  }
  return undefined;
}
