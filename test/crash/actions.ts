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

/** A change that is requested from the service, and what must hold once it is carried out. */
export type Action = {
  readonly kind: ActionKind;
  /** What no other action may change at the same time, because their order would be unknown. */
  readonly subject: string;
  readonly method?: "PATCH";
  readonly path: string;
  readonly body?: object | undefined;
  /** Records in `expected` what the response acknowledges. @returns the events that the action must have left. */
  readonly acknowledge: (expected: ExpectedState, response: unknown) => readonly string[];
  /** For an action without a response: records it if the store shows any trace of it. */
  readonly settle: (expected: ExpectedState, stored: Stored) => readonly string[];
};

type Request = Pick<Action, "kind" | "subject" | "method" | "path" | "body">;

type Rule<Response> = {
  readonly apply: (expected: ExpectedState, response: Response) => readonly string[];
  /** The response that would have come, reconstructed from the store; undefined when the action was not carried out. */
  readonly trace: (expected: ExpectedState, stored: Stored) => Response | undefined;
};

/**
 * An action in flight was carried out or not. So any trace of it counts as an acknowledgement of all of it; what is
 * missing then is found like any other loss.
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

/** With its secret, if the response arrived. */
type Issued = { readonly key: KeyView; readonly secret?: string };

/** @param name must be unique. */
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

/** @param name must be unique, except for successors. */
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

/** Allows or forbids that a key rotates itself. */
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
      // `compareRotations` finds a successor that is named and missing.
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

/** The key and, unless it stands alone, its successors. */
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

/** Returns `stored` if it was disabled or enabled since `before`. */
function changedState(before: CanBeDisabled, stored: CanBeDisabled | undefined): CanBeDisabled | undefined {
  return stored && isDisabled(stored) !== isDisabled(before) ? stored : undefined;
}
