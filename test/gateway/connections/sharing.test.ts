import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { request as ask } from "node:http";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { revokeKey } from "../../../src/admin/keys/revoke-key.ts";
import { aService } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { anUpstream } from "../../support/upstream.ts";

const get = (id: string, security: string) =>
  `get: { operationId: ${id}, security: [${security}], responses: { '200': { description: Fine. } } }`;
const CONTRACT = `openapi: 3.1.1
info: { title: Shared, version: 1.0.0 }
servers: [{ url: / }]
paths:
  /slow: { ${get("getSlow", "{ Token: [] }")} }
  /fast: { ${get("getFast", "{ Token: [] }")} }
  /open: { ${get("getOpen", "")} }
  /files:
    put:
      operationId: putFile
      security: [{ Token: [] }]
      requestBody: { required: true, content: { image/png: {} } }
      responses: { '200': { description: Kept. } }
components:
  securitySchemes:
    Token: { type: apiKey, in: header, name: X-Token }
`;

const CONNECTIONS = 8;
/**
 * How many of them one operation may hold, and how many requests may wait for it: half of the 8 places per connection.
 */
const SHARE = CONNECTIONS / 2;
const PLACES = (8 * CONNECTIONS) / 2;

const folder = temporaryFolder();
const upstream = anUpstream();
const service = aService(() => {
  const path = join(folder, "shared.yaml");
  writeFileSync(path, CONTRACT);
  return {
    LATCHKEY_CONTRACT: path,
    LATCHKEY_LENIENT: "true",
    LATCHKEY_UPSTREAM: upstream.url,
    LATCHKEY_UPSTREAM_CONNECTIONS: String(CONNECTIONS),
  };
});

let mine = "";
let other = "";
beforeAll(async () => {
  mine = (await service.issue({ client: "mine", scopes: [] })).secret;
  other = (await service.issue({ client: "other", scopes: [] })).secret;
});

/** Each sends a response that the upstream has not sent yet. */
let pending: (() => void)[] = [];
beforeEach(() => {
  pending = [];
  upstream.forget();
  upstream.respondWith((req, res) => {
    if (req.url === "/slow") pending.push(() => void res.end("slow"));
    else res.end("fast");
  });
});

let isOver = false;
afterAll(() => {
  isOver = true;
});
/** A condition that never holds must not keep the process alive after the test. */
const until = async (condition: () => boolean) => {
  while (!condition()) {
    if (isOver) throw new Error("The condition never held.");
    await wait(5);
  }
};
const reached = (path: string) => upstream.recorded.filter(({ url }) => url === path).length;

function call(path: string, secret: string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${service.url}${path}`, { headers: { "X-Token": secret }, ...(signal && { signal }) });
}

/** Starts calls that hang at the upstream. `leave` ends them all. */
async function slowCalls(count: number) {
  const leaving = new AbortController();
  const calls = Array.from({ length: count }, () => call("/slow", mine, leaving.signal));
  const ended = Promise.allSettled(calls);
  await until(() => reached("/slow") === SHARE);
  return { calls, leave: () => leaving.abort(), ended };
}

/** Every connection is free again: an operation gets its whole share. */
async function expectAllFree() {
  upstream.forget();
  pending = [];
  const { ended } = await slowCalls(SHARE);
  expect(pending).toHaveLength(SHARE);
  for (const send of pending) send();
  await ended;
}

describe("while one operation hangs with its whole share", () => {
  it("other operations respond: to the same client, to another, and to a caller without a key", async () => {
    const { leave, ended } = await slowCalls(20);
    for (let times = 0; times < 20; times++) {
      expect((await call("/fast", mine)).status).toBe(200);
      expect((await call("/fast", other)).status).toBe(200);
      expect((await fetch(`${service.url}/open`)).status).toBe(200);
    }
    expect(reached("/slow")).toBe(SHARE);
    leave();
    await ended;
    await expectAllFree();
  });

  it("its further calls wait, up to the places in the queue; the rest get a 503 with Retry-After", async () => {
    const { calls, ended } = await slowCalls(SHARE + PLACES + 3);
    const refused: Response[] = [];
    const note = (response: Response) => void (response.status === 503 && refused.push(response));
    for (const one of calls) one.then(note, () => {});
    await until(() => refused.length === 3);
    for (const response of refused) {
      expect(response.headers.get("retry-after")).toBe("1");
      expect(await response.json()).toMatchObject({ status: 503, code: "upstream-busy" });
    }
    // As responses come, the waiting calls are sent.
    let sent = 0;
    while (sent < SHARE + PLACES) {
      await until(() => pending.length > 0);
      for (const send of pending.splice(0)) {
        send();
        sent++;
      }
    }
    await ended;
    expect(reached("/slow")).toBe(SHARE + PLACES);
    await expectAllFree();
  });
});

describe("a connection is released", () => {
  it("when clients disconnect: while they wait, while the upstream works, while it responds", async () => {
    const { leave, ended } = await slowCalls(SHARE + 5);
    leave();
    await ended;
    await expectAllFree();

    upstream.respondWith((_req, res) => void res.write("begun"));
    const leaving = new AbortController();
    const begun = await Promise.all(Array.from({ length: SHARE }, () => call("/fast", mine, leaving.signal)));
    expect(begun.map(({ status }) => status)).toEqual(Array(SHARE).fill(200));
    leaving.abort();
    upstream.respondWith((_req, res) => void pending.push(() => void res.end()));
    await expectAllFree();
  });

  it("when the upstream breaks off, before its response and within it", async () => {
    for (const text of ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "HTTP/1.1 700 No\r\n\r\n"]) {
      for (let times = 0; times < 2 * CONNECTIONS; times++) {
        upstream.respondWith((req) => void req.socket.end(text));
        await call("/fast", mine)
          .then((response) => response.text())
          .catch(() => {});
        // Otherwise the operation would be left alone for a moment.
        upstream.respondWith((_req, res) => void res.end());
        expect((await call("/fast", mine)).status).toBe(200);
      }
    }
    upstream.respondWith((_req, res) => void pending.push(() => void res.end()));
    await expectAllFree();
  });
});

it("uploads that do not end leave connections to other requests, and to uploads of other clients", async () => {
  let arriving = 0;
  upstream.respondWith(
    (req, res) => {
      if (req.method !== "PUT") return void res.end("fast");
      arriving++;
      req.resume().on("end", () => res.end("kept"));
    },
    { streaming: true },
  );
  const put = (secret: string) => {
    const headers = { "X-Token": secret, "Content-Type": "image/png" };
    const req = ask(`${service.url}/files`, { method: "PUT", headers });
    req.on("error", () => {});
    req.write("a");
    return req;
  };
  const dripping = Array.from({ length: 20 }, () => put(mine));
  // Uploads have half of all connections, and one client half of those.
  await until(() => arriving === CONNECTIONS / 4);
  for (let times = 0; times < 10; times++) expect((await call("/fast", mine)).status).toBe(200);

  const upload = put(other);
  const status = new Promise<number | undefined>((resolve) => upload.on("response", (res) => resolve(res.statusCode)));
  upload.end("b");
  expect(await status).toBe(200);
  expect(arriving).toBe(CONNECTIONS / 4 + 1);
  for (const req of dripping) req.destroy();
});

describe("a key that is revoked", () => {
  const revoke = (id: string) => revokeKey(id, { reason: null }, service.running.actions);

  it("is refused while its calls wait for a connection", async () => {
    const { secret, key } = await service.issue({ client: "late", scopes: [] });
    const { leave, ended } = await slowCalls(SHARE);
    const statuses: number[] = [];
    const note = ({ status }: Response) => void statuses.push(status);
    const calls = Array.from({ length: PLACES + 1 }, () => call("/slow", secret).then(note));
    // One found no place, so all places are taken.
    await until(() => statuses.length === 1);
    await revoke(key.id);
    for (const send of pending.splice(0)) send();
    await Promise.all(calls);
    expect(statuses).toEqual([503, ...Array(PLACES).fill(401)]);
    expect(reached("/slow")).toBe(SHARE);
    leave();
    await ended;
    await expectAllFree();
  });

  const put = (secret: string, headers: Readonly<Record<string, string>> = {}) => {
    const req = ask(`${service.url}/files`, {
      method: "PUT",
      headers: { "X-Token": secret, "Content-Type": "image/png", ...headers },
    });
    const status = new Promise<number | undefined>((resolve, reject) => {
      req.on("response", (res) => resolve(res.resume().statusCode)).on("error", reject);
    });
    return { req, status };
  };

  it("cannot start an upload that was admitted before", async () => {
    const { secret, key } = await service.issue({ client: "uploading", scopes: [] });
    upstream.respondWith((_req, res) => void res.end("kept"), { streaming: true });
    const { req, status } = put(secret, { Expect: "100-continue" });
    req.flushHeaders();
    await once(req, "continue");
    await revoke(key.id);
    req.end("abc");
    expect(await status).toBe(401);
    expect(reached("/files")).toBe(0);
  });

  it("ends its uploads in progress", async () => {
    const { secret, key } = await service.issue({ client: "dripping", scopes: [] });
    let [text, isCut] = ["", false];
    upstream.respondWith(
      (req) => {
        req.on("data", (piece) => {
          text += piece;
        });
        req.on("error", () => {});
        req.on("close", () => {
          isCut = !req.complete;
        });
      },
      { streaming: true },
    );
    const { req, status } = put(secret);
    req.write("a");
    await until(() => text === "a");
    await revoke(key.id);
    req.write("b");
    expect(await status).toBe(401);
    await until(() => isCut);
    expect(text).toBe("a");
    req.destroy();
  });
});
