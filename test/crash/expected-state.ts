import type { components } from "../../src/contract/types.gen.ts";
import type { Stored } from "./stored.ts";

export type KeyView = components["schemas"]["Key"];
export type ClientView = components["schemas"]["RegisteredClient"];

/** What lasts about a key: its state follows from this and the time. */
const KEY_FACTS = [
  "id",
  "client",
  "name",
  "environment",
  "scopes",
  "lastFour",
  "createdAt",
  "expiresAt",
  "disabledAt",
  "revokedAt",
  "revocationReason",
  "successorId",
  "overlapEndsAt",
  "selfRotation",
] as const;
const CLIENT_FACTS = ["id", "name", "createdAt", "disabledAt"] as const;

export type KeyFacts = Pick<KeyView, (typeof KEY_FACTS)[number]>;
export type ClientFacts = Pick<ClientView, (typeof CLIENT_FACTS)[number]>;

export const keyFactsOf = (view: KeyFacts) => pick(view, KEY_FACTS);
export const clientFactsOf = (view: ClientFacts) => pick(view, CLIENT_FACTS);

/** Stands for an instant that no answer told; from the first look at the store on it has to stay what it is there. */
export const SOME_INSTANT = "some instant";

/** Everything that the service has acknowledged, and so must keep. */
export type ExpectedState = {
  readonly clients: Map<string, ClientFacts>;
  readonly keys: Map<string, KeyFacts>;
  /** By the ids of their keys. The answer to some deeds was lost, and the secret with it. */
  readonly secrets: Map<string, string>;
  /** By request, the events that it must have left in the audit log, as `toEventText` writes them. */
  readonly events: Map<string, readonly string[]>;
  /** The events of deeds that were not answered, and turned out to have happened. */
  untold: (readonly string[])[];
  /** Keys that changed since the last look at the store. */
  readonly touched: Set<string>;
};

/** What was done before anybody looked, at the machine: events have no request there. */
export const BEFORE = "before";

/** Starts from what the store holds: the admin key, by which everything else is done, and its client. */
export function createExpectedState({ clients, keys, events }: Stored): ExpectedState {
  return {
    clients: new Map([...clients].map(([id, view]) => [id, clientFactsOf(view)])),
    keys: new Map([...keys].map(([id, view]) => [id, keyFactsOf(view)])),
    secrets: new Map(),
    events: new Map([[BEFORE, events.map(({ text }) => text)]]),
    untold: [],
    touched: new Set(),
  };
}

/** Writes down what a key is from now on. */
export function keep(expected: ExpectedState, facts: KeyFacts) {
  expected.keys.set(facts.id, facts);
  expected.touched.add(facts.id);
}

export function keyOf(expected: ExpectedState, id: string): KeyFacts {
  const facts = expected.keys.get(id);
  if (facts === undefined) throw new Error(`Nobody acknowledged a key ${id}.`);
  return facts;
}

/** The states that the facts allow at `at`, written down anew so that no mistake of the service's can hide here. */
export function stateAt(key: KeyFacts, at: number): KeyView["state"] {
  if (key.revokedAt !== null) return "revoked";
  if (key.overlapEndsAt !== null && Date.parse(key.overlapEndsAt) <= at) return "expired";
  if (key.disabledAt !== null) return "disabled";
  return key.overlapEndsAt === null ? "active" : "superseded";
}

function pick<T extends object, Name extends keyof T>(from: T, names: readonly Name[]): Pick<T, Name> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, Name>;
}
