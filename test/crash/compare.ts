import { isDeepStrictEqual } from "node:util";
import type { Action } from "./actions.ts";
import { clientFactsOf, type ExpectedState, keyFactsOf, SOME_INSTANT, stateAt } from "./expected-state.ts";
import type { Finding, FindingKind } from "./finding.ts";
import type { Stored, StoredEvent } from "./stored.ts";

/** Finds out from the store which of the actions in flight were carried out, and records them. @returns how many. */
export function settle(expected: ExpectedState, stored: Stored, inFlight: readonly Action[]): number {
  const happened = inFlight.map((action) => action.settle(expected, stored)).filter((events) => events.length > 0);
  expected.unacknowledged.push(...happened);
  return happened.length;
}

/**
 * Compares everything that is stored with everything that was acknowledged. Afterwards `expected` also has what only
 * the store could tell, because that must not change later.
 * @param readFrom when reading `stored` began; it has just ended.
 */
export function compare(expected: ExpectedState, stored: Stored, readFrom: number): readonly Finding[] {
  const findings = [
    ...compareKeys(expected, stored),
    ...compareClients(expected, stored),
    ...compareStates(stored, readFrom),
    ...compareRotations(stored),
    ...compareEvents(expected, stored.events),
  ];
  if (findings.length === 0) for (const [id, view] of stored.keys) expected.keys.set(id, keyFactsOf(view));
  return findings;
}

/** The facts that a rotation changes. */
const ROTATION_FACTS = ["successorId", "overlapEndsAt"];

function* compareKeys({ keys }: ExpectedState, stored: Stored): Generator<Finding> {
  for (const [id, facts] of keys) {
    const view = stored.keys.get(id);
    const wrong = view === undefined ? ["everything"] : differences(facts, keyFactsOf(view));
    const kind: FindingKind = wrong.some((name) => ROTATION_FACTS.includes(name)) ? "half-rotation" : "lost";
    if (wrong.length > 0) yield { kind, text: `${id} (${facts.name}): ${wrong.join(", ")} ${shown(facts, view)}` };
  }
  for (const [id, { name }] of stored.keys) {
    if (!keys.has(id)) yield { kind: "invented", text: `${id} (${name}) was never requested` };
  }
}

function* compareClients({ clients }: ExpectedState, stored: Stored): Generator<Finding> {
  for (const [id, facts] of clients) {
    const view = stored.clients.get(id);
    const wrong = view === undefined ? ["everything"] : differences(facts, clientFactsOf(view));
    if (wrong.length > 0) yield { kind: "lost", text: `${id}: ${wrong.join(", ")} ${shown(facts, view)}` };
  }
  for (const id of stored.clients.keys()) {
    if (!clients.has(id)) yield { kind: "invented", text: `${id} was never requested` };
  }
}

function differences(facts: object, stored: object): readonly string[] {
  const isKept = (fact: unknown, now: unknown) =>
    fact === SOME_INSTANT ? typeof now === "string" : isDeepStrictEqual(fact, now);
  return Object.entries(facts).flatMap(([name, fact]) =>
    isKept(fact, stored[name as keyof typeof stored]) ? [] : [name],
  );
}

function shown(facts: object, view: object | undefined): string {
  return `\n  acknowledged ${JSON.stringify(facts)}\n  stored ${JSON.stringify(view)}`;
}

/** An overlap may have ended while the keys were read. */
function* compareStates({ keys }: Stored, readFrom: number): Generator<Finding> {
  for (const key of keys.values()) {
    const allowed = [stateAt(key, readFrom), stateAt(key, Date.now())];
    if (!allowed.includes(key.state)) yield { kind: "lost", text: `${key.id} is ${key.state}, not ${allowed[0]}` };
  }
}

/** After a rotation there are two keys that refer to each other, acknowledged or not. */
function* compareRotations({ keys }: Stored): Generator<Finding> {
  const firsts = new Map<string, number>();
  const successors = new Set([...keys.values()].map(({ successorId }) => successorId));
  for (const { id, name, client, scopes, successorId, overlapEndsAt } of keys.values()) {
    // Names are unique, but successors keep them. So one key of each name is not a successor.
    if (!successors.has(id)) firsts.set(name, (firsts.get(name) ?? 0) + 1);
    const successor = keys.get(successorId ?? "");
    if (successorId === null && overlapEndsAt === null) continue;
    const isWhole =
      overlapEndsAt !== null && isDeepStrictEqual(successor && [successor.client, successor.scopes], [client, scopes]);
    if (!isWhole) yield { kind: "half-rotation", text: `${id} (${name}) has no right successor ${successorId}` };
  }
  for (const [name, count] of firsts) {
    if (count > 1) yield { kind: "half-rotation", text: `a key called ${name} is not the successor of a key` };
  }
}

/** Each action left its events, nothing else did, and each event follows the one before it. */
function* compareEvents(expected: ExpectedState, events: readonly StoredEvent[]): Generator<Finding> {
  const logged = byRequest(events);
  for (const [requestId, texts] of expected.events) {
    const found = logged.get(requestId) ?? [];
    logged.delete(requestId);
    if (!isDeepStrictEqual(found, texts)) {
      yield { kind: "audit", text: `${requestId} should have left [${texts}], and the log has [${found}]` };
    }
  }
  for (const [requestId, texts] of logged) {
    const at = expected.unacknowledged.findIndex((unacknowledged) => isDeepStrictEqual(unacknowledged, texts));
    if (at < 0) yield { kind: "audit", text: `the log has [${texts}], which no action explains` };
    else expected.events.set(requestId, expected.unacknowledged.splice(at, 1)[0]!);
  }
  for (const texts of expected.unacknowledged)
    yield { kind: "audit", text: `the log lacks [${texts}], which was carried out` };
  yield* compareLinks(events);
}

function byRequest(events: readonly StoredEvent[]): Map<string, readonly string[]> {
  const texts = new Map<string, string[]>();
  for (const { requestId, text } of events) texts.set(requestId, [...(texts.get(requestId) ?? []), text]);
  return texts;
}

function* compareLinks(events: readonly StoredEvent[]): Generator<Finding> {
  for (const [at, { text, previousHash }] of events.entries()) {
    if (at > 0 && events[at - 1]?.hash !== previousHash) {
      yield { kind: "audit", text: `[${text}] does not follow the event before it` };
    }
  }
}
