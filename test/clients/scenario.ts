import { expect } from "@jest/globals";

/**
 * One call of the scenario, and what comes back as a generated client tells it. Drivers in five languages understand the
 * words of `ask`; whatever they say of a refusal comes out of their typed problem document.
 */
export type Step = {
  readonly title: string;
  /** `call` is an operationId; `$name` stands for something that was kept; `patient` waits as `Retry-After` says. */
  readonly ask: Readonly<Record<string, unknown>> & { readonly call: string; readonly key: string | null };
  readonly see: Readonly<Record<string, unknown>>;
  /** Name → which part of what was seen goes by it from now on. */
  readonly keep?: Readonly<Record<string, string>>;
  readonly atLeastMs?: number;
};

/** `$admin` may do everything; `$stranger` is a name that is free; `$many` is a client with 250 keys; `$hourAgo` is an hour ago. */
export const SCENARIO: readonly Step[] = [
  {
    title: "reads the secret data with a key",
    ask: { call: "getSecretData", key: "$admin" },
    see: { message: "Welcome! Here is your secret data.", data: [10, 20, 30] },
  },
  {
    title: "is told what is missing without one",
    ask: { call: "getSecretData", key: null },
    see: { status: 401, code: "key-missing", error: "Unauthorized access" },
  },
  {
    title: "reads a text, with the key in the URL",
    ask: { call: "getInfo", key: "$admin" },
    see: { text: "Info data" },
  },
  {
    title: "registers a client",
    ask: { call: "createClient", key: "$admin", name: "$stranger", plan: "free" },
    see: { name: "$stranger", plan: "free" },
    keep: { client: "id" },
  },
  {
    title: "cannot register it twice",
    ask: { call: "createClient", key: "$admin", name: "$stranger", plan: "free" },
    see: { status: 409, code: "client-name-taken" },
  },
  {
    title: "is told where a body is wrong",
    ask: { call: "createClient", key: "$admin", name: " ", plan: "free" },
    see: { status: 400, code: "request-invalid", pointer: "#/name" },
  },
  {
    title: "issues a key",
    ask: { call: "createKey", key: "$admin", clientId: "$client", name: "first", scopes: ["data:read"] },
    see: { name: "first", state: "active", scopes: ["data:read"], expiresAt: null },
    keep: { first: "id", firstSecret: "secret" },
  },
  {
    title: "calls with the key that it issued",
    ask: { call: "getData", key: "$firstSecret" },
    see: { message: "Access granted", data: [1, 2, 3] },
  },
  {
    title: "rotates the key",
    ask: { call: "rotateKey", key: "$admin", keyId: "$first", overlapSeconds: 3600 },
    see: { name: "first", state: "active" },
    keep: { second: "id", secondSecret: "secret" },
  },
  {
    title: "sees that the old key goes on working for an hour",
    ask: { call: "getKey", key: "$admin", keyId: "$first" },
    see: { state: "superseded", successorId: "$second", overlapSeconds: 3600 },
  },
  {
    title: "changes a limit of the key, and nothing else about it",
    ask: {
      call: "updateKey",
      key: "$admin",
      keyId: "$second",
      ifMatch: "*",
      limit: { name: "perKey", requests: 20, windowSeconds: 60, burst: 1 },
    },
    see: {
      name: "first",
      state: "active",
      scopes: ["data:read"],
      limit: { requests: 20, windowSeconds: 60, burst: 1 },
    },
  },
  {
    title: "calls as often as the limit allows",
    ask: { call: "getData", key: "$secondSecret", patient: true },
    see: { message: "Access granted" },
  },
  {
    title: "is told which limit refuses the next call",
    ask: { call: "getData", key: "$secondSecret" },
    see: { status: 429, code: "rate-limited", violated: ["perKey"] },
  },
  {
    title: "waits as long as Retry-After says, and is admitted",
    ask: { call: "getData", key: "$secondSecret", patient: true },
    see: { message: "Access granted" },
    atLeastMs: 900,
  },
  {
    title: "pages through 250 keys",
    ask: { call: "listKeys", key: "$admin", clientId: "$many", pageSize: 100 },
    see: { keys: 250, distinct: 250 },
  },
  {
    title: "sees what was called within the last hour, by operation and class of status",
    ask: { call: "getUsage", key: "$admin", from: "$hourAgo", groupBy: ["operation", "statusClass"] },
    see: { bucket: "hour", groups: expect.arrayContaining(["createKey 2", "createClient 4", "getData 2"]) },
  },
  {
    title: "revokes the key",
    ask: { call: "revokeKey", key: "$admin", keyId: "$second", reason: "The scenario is over." },
    see: { state: "revoked", revocationReason: "The scenario is over." },
  },
  {
    title: "is told that the key is revoked",
    ask: { call: "getSecretData", key: "$secondSecret" },
    see: { status: 401, code: "key-revoked", error: "Unauthorized access" },
  },
];
