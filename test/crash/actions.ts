import {
  type ClientView,
  clientFactsOf,
  type ExpectedState,
  type KeyView,
  keep,
  keyFactsOf,
  keyOf,
  SOME_INSTANT,
} from "./expected-state.ts";
import type { Stored } from "./stored.ts";
import { toEventText } from "./stored.ts";

export const ACTION_KINDS = [
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

export type ActionKind = (typeof ACTION_KINDS)[number];

/** What somebody asks of the service, and what is so once that is done. */
export type Action = {
  readonly kind: ActionKind;
  /** What nobody else may change meanwhile, or it would not be known who was first. */
  readonly subject: string;
  readonly method?: "PATCH";
  readonly path: string;
  readonly body?: object | undefined;
  /** Writes into `expected` what the answer acknowledges. @returns the events that the deed must have left. */
  readonly acknowledge: (expected: ExpectedState, response: unknown) => readonly string[];
  /** Writes it down if the store shows any trace of it, for a deed that was not answered. */
  readonly settle: (expected: ExpectedState, stored: Stored) => readonly string[];
};

type Request = Pick<Action, "kind" | "subject" | "method" | "path" | "body">;

type Rule<Response> = {
  readonly apply: (expected: ExpectedState, response: Response) => readonly string[];
  /** The answer that would have come, out of what is in the store; undefined when the deed did not happen. */
  readonly trace: (expected: ExpectedState, stored: Stored) => Response | undefined;
};

/**
 * A deed in flight either happened or not. So the least trace of it counts as an acknowledgement of all of it, and
 * what is missing then shows like anything else that is missing.
 */
function toAction<Response>(request: Request, { apply, trace }: Rule<Response>): Action {
  return {
    ...request,
    acknowledge: (expected, response) => apply(expected, response as Response),
    settle: (expected, stored) => {
      const response = trace(expected, stored);
      return response === undefined ? [] : apply(expected, response);
    },
  };
}

/** With its secret, if the answer came. */
type Issued = { readonly key: KeyView; readonly secret?: string };

/** @param name one that no other client has. */
export function createClient(name: string): Action {
  return toAction<ClientView>(
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
export function issueKey(name: string, client: KeyView["client"], scopes: readonly string[]): Action {
  const req = { name, client, scopes: [...scopes] };
  return toAction<Issued>(
    { kind: "issue-key", subject: name, path: "/v1/keys", body: { name, scopes, clientId: client.id } },
    {
      apply: (expected, { key, secret }) => {
        if (secret !== undefined) expected.secrets.set(key.id, secret);
        keep(expected, { ...keyFactsOf(key), ...req, disabledAt: null, revokedAt: null, successorId: null });
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
export function updateKey(id: string, name: string, selfRotation: boolean): Action {
  return toAction<Pick<KeyView, "selfRotation">>(
    { kind: "update-key", subject: name, method: "PATCH", path: `/v1/keys/${id}`, body: { selfRotation } },
    {
      apply: (expected) => {
        const before = keyOf(expected, id);
        if (before.selfRotation === selfRotation) return [];
        keep(expected, { ...before, selfRotation });
        return [toEventText("key.changed", id)];
      },
      trace: (expected, { keys }) => {
        const stored = keys.get(id);
        return stored && stored.selfRotation !== keyOf(expected, id).selfRotation ? stored : undefined;
      },
    },
  );
}

export function rotateKey(id: string, name: string, overlapSeconds: number): Action {
  return toAction<Issued>(
    { kind: "rotate-key", subject: name, path: `/v1/keys/${id}/rotate`, body: { overlapSeconds } },
    {
      apply: (expected, { key, secret }) => {
        const old = keyOf(expected, id);
        if (secret !== undefined) expected.secrets.set(key.id, secret);
        const { lastFour, createdAt } = key;
        keep(expected, { ...old, id: key.id, lastFour, createdAt });
        const overlapEndsAt = new Date(Date.parse(createdAt) + overlapSeconds * 1000).toISOString();
        keep(expected, { ...old, successorId: key.id, overlapEndsAt });
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

export function revokeKey(id: string, name: string, revocation: Revocation): Action {
  const { reason, keepSuccessors } = revocation;
  const revocable = (expected: ExpectedState) =>
    chainFrom(expected, id, keepSuccessors).filter((one) => keyOf(expected, one).revokedAt === null);
  return toAction<Pick<KeyView, "revokedAt">>(
    { kind: "revoke-key", subject: name, path: `/v1/keys/${id}/revoke`, body: revocation },
    {
      apply: (expected, { revokedAt }) =>
        revocable(expected).map((one) => {
          keep(expected, {
            ...keyOf(expected, one),
            revokedAt: one === id ? revokedAt : SOME_INSTANT,
            revocationReason: reason,
          });
          return toEventText("key.revoked", one);
        }),
      trace: (expected, { keys }) =>
        revocable(expected).some((one) => typeof keys.get(one)?.revokedAt === "string") ? keys.get(id) : undefined,
    },
  );
}

/** The key, and unless told otherwise those that were issued in its place. */
function chainFrom(expected: ExpectedState, id: string, isAlone: boolean): readonly string[] {
  const { successorId } = keyOf(expected, id);
  return isAlone || successorId === null ? [id] : [id, ...chainFrom(expected, successorId, false)];
}

export function setKeyEnabled(id: string, name: string, verb: "disable" | "enable"): Action {
  return toAction<Pick<KeyView, "disabledAt">>(
    { kind: `${verb}-key`, subject: name, path: `/v1/keys/${id}/${verb}` },
    {
      apply: (expected, { disabledAt }) => {
        const before = keyOf(expected, id);
        if (isDisabled(before) === (verb === "disable")) return [];
        keep(expected, { ...before, disabledAt: verb === "disable" ? disabledAt : null });
        return [toEventText(`key.${verb}d`, id)];
      },
      trace: (expected, { keys }) => changedState(keyOf(expected, id), keys.get(id)),
    },
  );
}

export function setClientEnabled(id: string, verb: "disable" | "enable"): Action {
  return toAction<Pick<ClientView, "disabledAt">>(
    { kind: `${verb}-client`, subject: id, path: `/v1/clients/${id}/${verb}` },
    {
      apply: ({ clients }, { disabledAt }) => {
        const before = clients.get(id)!;
        if (isDisabled(before) === (verb === "disable")) return [];
        clients.set(id, { ...before, disabledAt: verb === "disable" ? disabledAt : null });
        return [toEventText(`client.${verb}d`, id)];
      },
      trace: (expected, { clients }) => changedState(expected.clients.get(id)!, clients.get(id)),
    },
  );
}

type CanBeDisabled = Pick<KeyView, "disabledAt">;

function isDisabled({ disabledAt }: CanBeDisabled): boolean {
  return disabledAt !== null;
}

/** What is stored, if it is paused and was not, or the other way round. */
function changedState(before: CanBeDisabled, stored: CanBeDisabled | undefined): CanBeDisabled | undefined {
  return stored && isDisabled(stored) !== isDisabled(before) ? stored : undefined;
}
