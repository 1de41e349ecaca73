import type { Stored } from "./stored.ts";
import { toEventText } from "./stored.ts";
import {
  type ClientView,
  clientFactsOf,
  type KeyView,
  keep,
  keyFactsOf,
  keyOf,
  SOME_INSTANT,
  type World,
} from "./world.ts";

export const DEED_KINDS = [
  "create-client",
  "issue-key",
  "update-key",
  "rotate-key",
  "revoke-key",
  "disable-key",
  "enable-key",
  "disable-client",
  "enable-client",
] as const;

export type DeedKind = (typeof DEED_KINDS)[number];

/** What somebody asks of the service, and what is so once that is done. */
export type Deed = {
  readonly kind: DeedKind;
  /** What nobody else may change meanwhile, or it would not be known who was first. */
  readonly subject: string;
  readonly method?: "PATCH";
  readonly path: string;
  readonly body?: object | undefined;
  /** Writes into `world` what the answer acknowledges. @returns the events that the deed must have left. */
  readonly acknowledge: (world: World, answer: unknown) => readonly string[];
  /** Writes it down if the store shows any trace of it, for a deed that was not answered. */
  readonly settle: (world: World, stored: Stored) => readonly string[];
};

type Request = Pick<Deed, "kind" | "subject" | "method" | "path" | "body">;

type Rule<Answer> = {
  readonly apply: (world: World, answer: Answer) => readonly string[];
  /** The answer that would have come, out of what is in the store; undefined when the deed did not happen. */
  readonly trace: (world: World, stored: Stored) => Answer | undefined;
};

/**
 * A deed in flight either happened or not. So the least trace of it counts as an acknowledgement of all of it, and
 * what is missing then shows like anything else that is missing.
 */
function toDeed<Answer>(request: Request, { apply, trace }: Rule<Answer>): Deed {
  return {
    ...request,
    acknowledge: (world, answer) => apply(world, answer as Answer),
    settle: (world, stored) => {
      const answer = trace(world, stored);
      return answer === undefined ? [] : apply(world, answer);
    },
  };
}

/** With its secret, if the answer came. */
type Issued = { readonly key: KeyView; readonly secret?: string };

/** @param name one that no other client has. */
export function createClient(name: string): Deed {
  return toDeed<ClientView>(
    { kind: "create-client", subject: name, path: "/v1/clients", body: { name } },
    {
      apply: ({ clients }, client) => {
        clients.set(client.id, { ...clientFactsOf(client), name, disabledAt: null });
        return [toEventText("client.registered", client.id)];
      },
      trace: (_, { clients }) => [...clients.values()].find((client) => client.name === name),
    },
  );
}

/** @param name one that no other key has, but for its successors. */
export function issueKey(name: string, client: KeyView["client"], scopes: readonly string[]): Deed {
  const forwardAuth = { name, client, scopes: [...scopes] };
  return toDeed<Issued>(
    { kind: "issue-key", subject: name, path: "/v1/keys", body: { name, scopes, clientId: client.id } },
    {
      apply: (world, { key, secret }) => {
        if (secret !== undefined) world.secrets.set(key.id, secret);
        keep(world, { ...keyFactsOf(key), ...forwardAuth, disabledAt: null, revokedAt: null, successorId: null });
        return [toEventText("key.issued", key.id)];
      },
      trace: (_, { keys }) => {
        const key = [...keys.values()].find((stored) => stored.name === name);
        return key && { key };
      },
    },
  );
}

/** Lets a key rotate itself, or takes that back. */
export function updateKey(id: string, name: string, selfRotation: boolean): Deed {
  return toDeed<Pick<KeyView, "selfRotation">>(
    { kind: "update-key", subject: name, method: "PATCH", path: `/v1/keys/${id}`, body: { selfRotation } },
    {
      apply: (world) => {
        const before = keyOf(world, id);
        if (before.selfRotation === selfRotation) return [];
        keep(world, { ...before, selfRotation });
        return [toEventText("key.changed", id)];
      },
      trace: (world, { keys }) => {
        const stored = keys.get(id);
        return stored && stored.selfRotation !== keyOf(world, id).selfRotation ? stored : undefined;
      },
    },
  );
}

export function rotateKey(id: string, name: string, overlapSeconds: number): Deed {
  return toDeed<Issued>(
    { kind: "rotate-key", subject: name, path: `/v1/keys/${id}/rotate`, body: { overlapSeconds } },
    {
      apply: (world, { key, secret }) => {
        const old = keyOf(world, id);
        if (secret !== undefined) world.secrets.set(key.id, secret);
        const { lastFour, createdAt } = key;
        keep(world, { ...old, id: key.id, lastFour, createdAt });
        const overlapEndsAt = new Date(Date.parse(createdAt) + overlapSeconds * 1000).toISOString();
        keep(world, { ...old, successorId: key.id, overlapEndsAt });
        return [toEventText("key.rotated", id, key.id)];
      },
      // A successor that is named and not there is found by whoever compares the rotations.
      trace: (_, { keys }) => {
        const key = keys.get(keys.get(id)?.successorId ?? "");
        return key && { key };
      },
    },
  );
}

export type Revocation = { readonly reason: string; readonly keepSuccessors: boolean };

export function revokeKey(id: string, name: string, revocation: Revocation): Deed {
  const { reason, keepSuccessors } = revocation;
  const revocable = (world: World) =>
    chainFrom(world, id, keepSuccessors).filter((one) => keyOf(world, one).revokedAt === null);
  return toDeed<Pick<KeyView, "revokedAt">>(
    { kind: "revoke-key", subject: name, path: `/v1/keys/${id}/revoke`, body: revocation },
    {
      apply: (world, { revokedAt }) =>
        revocable(world).map((one) => {
          keep(world, {
            ...keyOf(world, one),
            revokedAt: one === id ? revokedAt : SOME_INSTANT,
            revocationReason: reason,
          });
          return toEventText("key.revoked", one);
        }),
      trace: (world, { keys }) =>
        revocable(world).some((one) => typeof keys.get(one)?.revokedAt === "string") ? keys.get(id) : undefined,
    },
  );
}

/** The key, and unless told otherwise those that were issued in its place. */
function chainFrom(world: World, id: string, isAlone: boolean): readonly string[] {
  const { successorId } = keyOf(world, id);
  return isAlone || successorId === null ? [id] : [id, ...chainFrom(world, successorId, false)];
}

export function pauseKey(id: string, name: string, verb: "disable" | "enable"): Deed {
  return toDeed<Pick<KeyView, "disabledAt">>(
    { kind: `${verb}-key`, subject: name, path: `/v1/keys/${id}/${verb}` },
    {
      apply: (world, { disabledAt }) => {
        const before = keyOf(world, id);
        if (isPaused(before) === (verb === "disable")) return [];
        keep(world, { ...before, disabledAt: verb === "disable" ? disabledAt : null });
        return [toEventText(`key.${verb}d`, id)];
      },
      trace: (world, { keys }) => changedPause(keyOf(world, id), keys.get(id)),
    },
  );
}

export function pauseClient(id: string, verb: "disable" | "enable"): Deed {
  return toDeed<Pick<ClientView, "disabledAt">>(
    { kind: `${verb}-client`, subject: id, path: `/v1/clients/${id}/${verb}` },
    {
      apply: ({ clients }, { disabledAt }) => {
        const before = clients.get(id)!;
        if (isPaused(before) === (verb === "disable")) return [];
        clients.set(id, { ...before, disabledAt: verb === "disable" ? disabledAt : null });
        return [toEventText(`client.${verb}d`, id)];
      },
      trace: (world, { clients }) => changedPause(world.clients.get(id)!, clients.get(id)),
    },
  );
}

type Pausable = Pick<KeyView, "disabledAt">;

function isPaused({ disabledAt }: Pausable): boolean {
  return disabledAt !== null;
}

/** What is stored, if it is paused and was not, or the other way round. */
function changedPause(before: Pausable, stored: Pausable | undefined): Pausable | undefined {
  return stored && isPaused(stored) !== isPaused(before) ? stored : undefined;
}
