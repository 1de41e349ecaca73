import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { type Latchkey, latchkey } from "../../src/middleware.ts";
import { startProgram } from "../support/process/program.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONTRACT = `openapi: 3.1.1
info: { title: Shop, version: 1.0.0 }
servers: [{ url: / }]
paths:
  /items/{id}:
    get:
      operationId: getItem
      security: [{ ApiKey: [items:read] }]
      parameters: [{ name: id, in: path, required: true, schema: { type: string, maxLength: 40 } }]
      responses: &responses
        '200':
          description: Done.
          content: { application/json: { schema: { type: object, properties: { id: { type: string } } } } }
  /orders:
    post:
      operationId: addOrder
      security: [{ ApiKey: [orders:write] }]
      requestBody:
        required: true
        content:
          application/json:
            schema: { type: object, additionalProperties: false, properties: { name: { type: string, maxLength: 9 } } }
      responses: *responses
components:
  securitySchemes:
    ApiKey: { type: apiKey, in: header, name: X-API-Key, x-scopes: { items:read: a, orders:write: b } }
`;

const folder = temporaryFolder();
const contract = join(folder, "shop.yaml");
writeFileSync(contract, CONTRACT);
const file = join(folder, "keys.db");
const settings = { DATABASE_URL: `sqlite:${file}`, LOG_LEVEL: "info" };

let keys: Latchkey;
let server: Server;
let other: DatabaseSync;
/** Called in the handler of getItem. */
let whenServed: (id: string) => void = () => {};
const orders: unknown[] = [];

beforeAll(async () => {
  const handlers = {
    getItem: ({ path: { id } }: { readonly path: { readonly id: string } }) => {
      whenServed(id);
      return { status: 200, body: { id } };
    },
    addOrder: ({ body }: { readonly body: unknown }) => {
      orders.push(body);
      return { status: 200, body: {} };
    },
  };
  keys = await latchkey<never>({ contract, lenient: true, settings, writeLog: () => {}, handlers } as never);
  server = keys.createServer((req, res) => keys(req, res, () => void res.writeHead(404).end()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  other = new DatabaseSync(file);
});
afterEach(() => {
  whenServed = () => {};
  orders.length = 0;
});
afterAll(async () => {
  other.close();
  await keys.close();
});

async function issue(): Promise<string> {
  const words = "keys create --client shop --create-client --scope items:read,orders:write --json".split(" ");
  const environment = { ...settings, LATCHKEY_CONTRACT: contract, LATCHKEY_LENIENT: "true" };
  return JSON.parse((await startProgram(words, { environment }).finished).out).secret;
}

/** What another process may do between two steps of this one. The change is committed when this returns. */
function revokeAll() {
  other.exec("UPDATE keys SET revoked_at = 1 WHERE revoked_at IS NULL");
}

const head = (line: string, secret: string, more = "") =>
  `${line} HTTP/1.1\r\nHost: a\r\nX-API-Key: ${secret}\r\n${more}\r\n`;
const get = (id: string, secret: string) => head(`GET /items/${id}`, secret);

/** An open connection on which `secret` has been admitted. */
async function aConnection(secret: string): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.setNoDelay();
  socket.write(get("first", secret));
  expect(await statuses(socket, 1)).toEqual([200]);
  return socket;
}

/** The status of each of the next `count` responses. */
async function statuses(socket: Socket, count: number): Promise<readonly number[]> {
  let text = "";
  const found = () => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  while (found().length < count) text += (await once(socket, "data"))[0];
  return found();
}

/**
 * Each request here is sent in the same step in which the revocation is committed, before the event loop does anything
 * else. A proof of freshness from earlier in the same turn must not be used for it.
 */
describe("a request is refused when it is sent right after its key was revoked", () => {
  it("on another connection, while a pipelined request is being served", async () => {
    const secret = await issue();
    const [pipelining, socket] = [await aConnection(secret), await aConnection(secret)];
    whenServed = (id) => {
      if (id !== "second") return;
      revokeAll();
      socket.write(get("late", secret));
    };
    pipelining.write(get("one", secret) + get("second", secret));
    expect(await statuses(pipelining, 2)).toEqual([200, 200]);
    expect(await statuses(socket, 1)).toEqual([401]);
  });

  it("on a connection that was readable before, with the rest of its head", async () => {
    const secret = await issue();
    const [first, socket] = [await aConnection(secret), await aConnection(secret)];
    const text = get("late", secret);
    whenServed = () => {
      revokeAll();
      socket.write(text.slice(-2));
    };
    first.write(get("one", secret));
    socket.write(text.slice(0, -2));
    expect(await statuses(socket, 1)).toEqual([401]);
  });

  it("with a head that was sent before, and a body that was not", async () => {
    const secret = await issue();
    const socket = await aConnection(secret);
    const body = '{"name":"late"}';
    let served: ServerResponse | undefined;
    const watch = (_req: IncomingMessage, res: ServerResponse) => {
      // The second request is checked when the first response is closed; this runs right after that.
      served?.once("close", () => {
        revokeAll();
        socket.write(body);
      });
      served = res;
    };
    server.on("request", watch);
    const post = head("POST /orders", secret, `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`);
    socket.write(get("one", secret) + post);
    expect(await statuses(socket, 2)).toEqual([200, 401]);
    expect(orders).toEqual([]);
    server.off("request", watch);
  });

  it("on the same connection, pipelined with a request that revokes the key", async () => {
    const secret = await issue();
    const socket = await aConnection(secret);
    whenServed = revokeAll;
    socket.write(get("one", secret) + get("two", secret));
    expect(await statuses(socket, 2)).toEqual([200, 401]);
  });
});

it("a key can be used in the same step in which it is issued", async () => {
  const [known, secret] = [await issue(), await issue()];
  other.exec(`UPDATE keys SET digest = 'away' || digest WHERE last_four = '${secret.slice(-4)}'`);
  const [pipelining, socket] = [await aConnection(known), await aConnection(known)];
  socket.write(get("early", secret));
  expect(await statuses(socket, 1)).toEqual([401]);
  whenServed = (id) => {
    if (id !== "second") return;
    other.exec("UPDATE keys SET digest = substr(digest, 5) WHERE digest LIKE 'away%'");
    socket.write(get("at once", secret).replace("at once", "now"));
  };
  pipelining.write(get("one", known) + get("second", known));
  expect(await statuses(pipelining, 2)).toEqual([200, 200]);
  expect(await statuses(socket, 1)).toEqual([200]);
});
