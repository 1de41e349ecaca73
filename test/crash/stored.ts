import type { components } from "../../src/contract/types.gen.ts";
import { call, type Place } from "./call.ts";
import { BEFORE, type ClientView, type KeyView } from "./expected-state.ts";

type EventView = components["schemas"]["AuditEvent"];

export type StoredEvent = {
  readonly requestId: string;
  readonly text: string;
  readonly hash: string;
  readonly previousHash: string;
};

/** Everything that the service reports. */
export type Stored = {
  readonly clients: ReadonlyMap<string, ClientView>;
  readonly keys: ReadonlyMap<string, KeyView>;
  /** Oldest first. */
  readonly events: readonly StoredEvent[];
};

/** Reads all of it over HTTP, page by page, as any client can. */
export async function readStored(place: Place, secret: string): Promise<Stored> {
  const [clients, keys, events] = await Promise.all([
    readPages<ClientView>(place, secret, "/v1/clients"),
    readPages<KeyView>(place, secret, "/v1/keys"),
    readPages<EventView>(place, secret, "/v1/audit-events"),
  ]);
  const byId = <T extends { readonly id: string }>(items: readonly T[]) =>
    new Map(items.map((item) => [item.id, item]));
  return { clients: byId(clients), keys: byId(keys), events: events.reverse().map(toStoredEvent) };
}

type Page<T> = { readonly items: readonly T[]; readonly nextCursor: string | null };

async function readPages<T>(place: Place, secret: string, path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const more = cursor === undefined ? "" : `&cursor=${cursor}`;
    const { status, body } = await call(place, { path: `${path}?limit=100${more}`, secret });
    if (status !== 200) throw new Error(`${path} cannot be read: ${JSON.stringify(body)}`);
    const page = body as Page<T>;
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

function toStoredEvent({ action, target, details, requestId, hash, previousHash }: EventView): StoredEvent {
  return {
    requestId: requestId ?? BEFORE,
    text: toEventText(action, target.id, details["successor"]),
    hash,
    previousHash,
  };
}

/** The compared parts of an event: the action, its target, and the successor of a rotation. */
export function toEventText(action: EventView["action"], targetId: string, successorId = ""): string {
  return `${action} ${targetId} ${successorId}`.trimEnd();
}
