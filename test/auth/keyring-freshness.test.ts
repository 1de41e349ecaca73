import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { sql } from "kysely";
import { createKeyring, type Keyring } from "../../src/auth/keyring.ts";
import type { ApiKey } from "../../src/keys/key.ts";
import { insertClient } from "../../src/store/clients.ts";
import { openStore } from "../../src/store/database/database.ts";
import { isLocked } from "../../src/store/database/failure.ts";
import { transact } from "../../src/store/database/transact.ts";
import { createKeyReader, findKeyByDigest, insertKey } from "../../src/store/keys.ts";
import { aClient, aKey } from "../support/builders.ts";
import { runs } from "../support/runs.ts";
import { temporaryFolder } from "../support/temporary.ts";

const folder = temporaryFolder();

const CLIENTS = ["client_0", "client_1"];
const DIGESTS = ["sha256:0", "sha256:1", "sha256:2", "sha256:3"];

/** A key as one text, so that states can be compared; undefined: there is none. */
type State = string | undefined;
const stateOf = ({ name, client }: ApiKey) => `${name} of ${client.name}`;

/** What the database should hold. */
type Model = {
  readonly keys: ReadonlyMap<string, { readonly id: string; readonly name: string; readonly clientId: string }>;
  readonly clients: ReadonlyMap<string, string>;
};

/** A change in SQL, and what it does to the model. `number` differs for each change. */
type Change = (number: number) => { readonly sql: string; readonly apply: (model: Model) => Model };

const renameKey =
  (digest: string): Change =>
  (number) => ({
    sql: `UPDATE keys SET name = '${number}' WHERE digest = '${digest}'`,
    apply: ({ keys, clients }) => {
      const key = keys.get(digest);
      return { clients, keys: key ? new Map(keys).set(digest, { ...key, name: String(number) }) : keys };
    },
  });

const renameClient =
  (id: string): Change =>
  (number) => ({
    sql: `UPDATE clients SET name = '${number}' WHERE id = '${id}'`,
    apply: ({ keys, clients }) => ({ keys, clients: new Map(clients).set(id, String(number)) }),
  });

const removeKey =
  (digest: string): Change =>
  () => ({
    sql: `DELETE FROM keys WHERE digest = '${digest}'`,
    apply: ({ keys, clients }) => ({ clients, keys: new Map([...keys].filter(([one]) => one !== digest)) }),
  });

/** Another key takes the id of `old`, which SQLite removes without telling its triggers. */
const replaceKey =
  (old: string, digest: string, clientId: string): Change =>
  (number) => {
    const id = `key_${DIGESTS.indexOf(old)}`;
    return {
      sql: `INSERT OR REPLACE INTO keys (id, client_id, name, environment, scopes, digest, last_four, created_at, metadata, lineage_id)
            VALUES ('${id}', '${clientId}', '${number}', 'live', '[]', '${digest}', 'xxxx', 0, '{}', '${id}')`,
      apply: ({ keys, clients }) => {
        const others = [...keys].filter(([one, key]) => one !== digest && key.id !== id);
        return { clients, keys: new Map(others).set(digest, { id, name: String(number), clientId }) };
      },
    };
  };

/** The digest of a key is exchanged, as only an operator with SQL would do. */
const moveKey =
  (old: string, digest: string): Change =>
  () => ({
    sql: `UPDATE OR REPLACE keys SET digest = '${digest}' WHERE digest = '${old}'`,
    apply: ({ keys, clients }) => {
      const key = keys.get(old);
      if (key === undefined) return { keys, clients };
      const others = [...keys].filter(([one]) => one !== digest && one !== old);
      return { clients, keys: new Map(others).set(digest, key) };
    },
  });

/** More changes than the log keeps, of a key that is never looked up. */
const OVERFLOW: Change = () => ({
  sql: "UPDATE keys SET metadata = '{}' WHERE digest = 'sha256:busy';".repeat(1_001),
  apply: (model) => model,
});

const digest = fc.constantFrom(...DIGESTS);
const client = fc.constantFrom(...CLIENTS);
const change: fc.Arbitrary<Change> = fc.oneof(
  digest.map(renameKey),
  client.map(renameClient),
  digest.map(removeKey),
  fc.tuple(digest, digest, client).map((words) => replaceKey(...words)),
  fc.tuple(digest, digest).map((words) => moveKey(...words)),
);

type Step =
  | { readonly kind: "look-up" | "look-up-now"; readonly digest: string }
  | { readonly kind: "own" | "other"; readonly changes: readonly Change[]; readonly isUndone: boolean };
const writes = (kind: "own" | "other") =>
  fc.record({
    kind: fc.constant(kind),
    changes: fc.array(change, { minLength: 1, maxLength: 3 }),
    isUndone: fc.boolean(),
  });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom("look-up", "look-up-now"), digest }) },
  { weight: 3, arbitrary: writes("own") },
  { weight: 3, arbitrary: writes("other") },
  {
    weight: 1,
    arbitrary: change.map((one) => ({ kind: "other", changes: [one, OVERFLOW], isUndone: false }) as const),
  },
);

class Undone extends Error {}

let made = 0;

async function aSharedFile() {
  const path = join(folder, `${++made}.db`);
  const { db, changes, prepareRead } = await openStore(`sqlite:${path}`);
  for (const id of CLIENTS) await insertClient(db, aClient({ id, name: id }));
  const keys = [...DIGESTS, "sha256:busy"].map((one, index) => {
    const holder = { ...aKey().client, id: CLIENTS[index % 2] ?? "", name: "" };
    return aKey({ id: `key_${index}`, digest: one, lineageId: `key_${index}`, name: "0", client: holder });
  });
  for (const key of keys) await insertKey(db, key);
  const model: Model = {
    clients: new Map(CLIENTS.map((id) => [id, id])),
    keys: new Map(keys.map((key) => [key.digest, { id: key.id, name: key.name, clientId: key.client.id }])),
  };
  const source = {
    findByDigest: (one: string) => findKeyByDigest(db, one),
    findNow: createKeyReader({ db, prepareRead }),
  };
  // To SQLite it makes no difference whether another process or another connection writes.
  const other = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: false });
  return { db, other, model, keyring: createKeyring({ source, freshness: changes }) };
}

type Shared = Awaited<ReturnType<typeof aSharedFile>>;

/** The states of the database in the order of their write locks, and which of them were committed. */
function createHistory(first: Model) {
  const states: { readonly model: Model; isUndone: boolean }[] = [{ model: first, isUndone: false }];
  let acknowledged = 0;
  const looks: { readonly digest: string; readonly since: number; readonly found: State }[] = [];
  const stateIn = ({ keys, clients }: Model, one: string): State => {
    const key = keys.get(one);
    return key && `${key.name} of ${clients.get(key.clientId)}`;
  };
  return {
    /** Called with the write lock held. @returns what to call at the end of the transaction. */
    begin: (made: readonly ReturnType<Change>[]) => {
      const before = states.findLast(({ isUndone }) => !isUndone)?.model ?? first;
      const state = { model: made.reduce((model, { apply }) => apply(model), before), isUndone: false };
      const number = states.push(state) - 1;
      return (isUndone: boolean) => {
        state.isUndone = isUndone;
        if (!isUndone) acknowledged = Math.max(acknowledged, number);
      };
    },
    /** Called before a look-up. @returns what to call with its result. */
    look: (one: string) => {
      const since = acknowledged;
      return (found: ApiKey | null | undefined) =>
        looks.push({ digest: one, since, found: found ? stateOf(found) : undefined });
    },
    check: () => {
      for (const { digest: one, since, found } of looks) {
        const allowed = states.slice(since).filter(({ isUndone }) => !isUndone);
        expect(allowed.map(({ model }) => stateIn(model, one))).toContain(found);
      }
    },
  };
}

type History = ReturnType<typeof createHistory>;

/** Looks up every key without waiting, and notes what is known of it. */
function lookAtAll({ findCached }: Keyring, history: History) {
  for (const one of DIGESTS) {
    const note = history.look(one);
    const found = findCached(one);
    if (found !== undefined) note(found);
  }
}

function writeByOther(
  { other, keyring }: Shared,
  history: History,
  changes: readonly ReturnType<Change>[],
  isUndone: boolean,
) {
  try {
    other.exec("BEGIN IMMEDIATE");
  } catch (error) {
    if (isLocked(error)) return;
    throw error;
  }
  const end = history.begin(changes);
  for (const { sql: words } of changes) other.exec(words);
  lookAtAll(keyring, history);
  other.exec(isUndone ? "ROLLBACK" : "COMMIT");
  end(isUndone);
  lookAtAll(keyring, history);
}

async function writeByThis(
  { db, keyring }: Shared,
  history: History,
  {
    changes,
    isUndone,
    turn,
  }: {
    readonly changes: readonly ReturnType<Change>[];
    readonly isUndone: boolean;
    readonly turn: () => Promise<unknown>;
  },
) {
  let end: ReturnType<History["begin"]> = () => {};
  const writing = transact(db, async (tx) => {
    end = history.begin(changes);
    for (const { sql: words } of changes) {
      await sql.raw(words).execute(tx);
      await turn();
    }
    lookAtAll(keyring, history);
    if (isUndone) throw new Undone();
  });
  if (isUndone) await expect(writing).rejects.toBeInstanceOf(Undone);
  else await writing;
  end(isUndone);
  lookAtAll(keyring, history);
}

describe("a keyring, while keys and clients are changed by two connections, committed or rolled back in any order,", () => {
  it("never finds a state older than the last commit before the look-up, nor one that was rolled back", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 3, maxLength: 16 }), async (scheduler, steps) => {
        const shared = await aSharedFile();
        const history = createHistory(shared.model);
        const turn = () => scheduler.schedule(Promise.resolve());
        let number = 0;
        const run = async (wanted: Step) => {
          await turn();
          if ("changes" in wanted) {
            const changes = wanted.changes.map((one) => one(++number));
            if (wanted.kind === "other") writeByOther(shared, history, changes, wanted.isUndone);
            else await writeByThis(shared, history, { changes, isUndone: wanted.isUndone, turn });
          } else if (wanted.kind === "look-up") {
            const note = history.look(wanted.digest);
            note(await shared.keyring.findByDigest(wanted.digest));
          } else lookAtAll(shared.keyring, history);
        };
        await scheduler.waitFor(Promise.all(steps.map(run)));
        lookAtAll(shared.keyring, history);
        history.check();
        shared.other.close();
        await shared.db.destroy();
      }),
      { numRuns: runs(60) },
    );
  });
});
