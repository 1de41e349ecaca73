import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { ActionDeps } from "../../../src/admin/actions.ts";
import { registerClient } from "../../../src/admin/clients/register-client.ts";
import { findClient } from "../../../src/store/clients.ts";
import { listClients } from "../../../src/store/list-clients.ts";
import { NOON, someActions } from "../../support/builders.ts";

let actions: ActionDeps;

beforeAll(async () => {
  actions = await someActions();
});
afterAll(() => actions.db.destroy());

const clientsInStore = async () => (await listClients(actions.db, { limit: 100 })).items.length;

describe("a client that is registered", () => {
  it("gets an id, and is kept with its metadata from this instant on", async () => {
    const outcome = await registerClient({ name: "acme", metadata: { team: "blue" } }, actions);
    expect(outcome).toEqual({
      kind: "registered",
      client: {
        id: expect.stringMatching(/^client_[0-9A-Za-z]{20}$/),
        name: "acme",
        metadata: { team: "blue" },
        createdAt: NOON,
        disabledAt: null,
        plan: null,
        limits: null,
      },
    });
    expect(outcome).toMatchObject({ client: { ...(await findClient(actions.db, "acme")) } });
  });

  it("needs no metadata", async () => {
    expect(await registerClient({ name: "globex" }, actions)).toMatchObject({ client: { metadata: {} } });
  });
});

describe("a client is not registered", () => {
  it("under a name that is taken", async () => {
    const before = await clientsInStore();
    expect(await registerClient({ name: "acme" }, actions)).toEqual({ kind: "name-taken" });
    expect(await clientsInStore()).toBe(before);
  });

  it("twice, when two ask for the same name at once", async () => {
    const outcomes = await Promise.all([1, 2, 3].map(() => registerClient({ name: "initech" }, actions)));
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(["name-taken", "name-taken", "registered"]);
  });

  it.each([
    ["client_", /client_ or key_/],
    ["client_7Qm2ZkX0b1TnVd4sWcYe", /client_ or key_/],
    ["key_4Tz0ZkX0b1TnVd4sWcYe", /client_ or key_/],
    [".", /special meaning in paths/],
    ["..", /special meaning in paths/],
    ["ac\u00adme", /invisible/],
    ["ac\u034fme", /invisible/],
    ["acme\u3164", /invisible/],
    ["acme\u{e0041}", /invisible/],
    ["cafe\u0301", /composed/],
  ])("under %j, which could be mistaken for another one's", async (name, violation) => {
    expect(await registerClient({ name }, actions)).toEqual({
      kind: "name-invalid",
      violation: expect.stringMatching(violation),
    });
    expect(await findClient(actions.db, name)).toBeUndefined();
  });

  it("but under any other word of any script", async () => {
    for (const name of ["...", "caf\u00e9", "мой сервис", "東京", "a client_1", "🚀"]) {
      expect([name, (await registerClient({ name }, actions)).kind]).toEqual([name, "registered"]);
    }
  });
});
