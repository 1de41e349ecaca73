import type { components } from "../../src/contract/types.gen.ts";
import type { Stored } from "./stored.ts";

export type KeyView = components["schemas"]["Key"];
export type ClientView = components["schemas"]["RegisteredClient"];

/** The stored facts of a key. Its state follows from them and the time. */
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

/** An instant that no response has shown. From the first check on, it must stay as it is stored. */
export const SOME_INSTANT = "some instant";

/** Everything that the service has acknowledged, and must keep. */
export type ExpectedState = {
  readonly clients: Map<string, ClientFacts>;
  readonly keys: Map<string, KeyFacts>;
  /** By key id. Some are missing because the response with the secret was lost. */
  readonly secrets: Map<string, string>;
  /** By request id: the events that it must have left in the audit log, in the form of `toEventText`. */
  readonly events: Map<string, readonly string[]>;
  /** The events of actions without a response that were carried out. */
  unacknowledged: (readonly string[])[];
  /** Keys that changed since the last check of the store. */
  readonly touched: Set<string>;
};

/** Stands for the request id of events by the command line, before the run. */
export const BEFORE = "before";

/** Starts with what is stored: the admin key, which carries out all actions, and its client. */
export function createExpectedState({ clients, keys, events }: Stored): ExpectedState {
  return {
    clients: new Map([...clients].map(([id, view]) => [id, clientFactsOf(view)])),
    keys: new Map([...keys].map(([id, view]) => [id, keyFactsOf(view)])),
    secrets: new Map(),
    events: new Map([[BEFORE, events.map(({ text }) => text)]]),
    unacknowledged: [],
    touched: new Set(),
  };
}

/** Records the new facts of a key. */
export function keep(expected: ExpectedState, facts: KeyFacts) {
  expected.keys.set(facts.id, facts);
  expected.touched.add(facts.id);
}

export function keyOf(expected: ExpectedState, id: string): KeyFacts {
  const facts = expected.keys.get(id);
  if (facts === undefined) throw new Error(`No key ${id} was acknowledged.`);
  return facts;
}

/** The state of a key at `at`. Not shared with the service, so that a bug there is found here. */
export function stateAt(key: KeyFacts, at: number): KeyView["state"] {
  if (key.revokedAt !== null) return "revoked";
  if (key.overlapEndsAt !== null && Date.parse(key.overlapEndsAt) <= at) return "expired";
  if (key.disabledAt !== null) return "disabled";
  return key.overlapEndsAt === null ? "active" : "superseded";
}

function pick<T extends object, Name extends keyof T>(from: T, names: readonly Name[]): Pick<T, Name> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, Name>;
}
