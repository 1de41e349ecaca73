import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import request from "supertest";
import { parse, stringify } from "yaml";
import { createLog } from "../../../src/lib/log/log.ts";
import { serve } from "../../../src/service/start.ts";
import { listViolations } from "../../../src/store/request-violations.ts";
import { runCaptured } from "../../support/process/program.ts";
import { aService, someConfig } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { anUpstream } from "../../support/upstream.ts";

const OK = "responses: { '200': { description: d } }";
const CONTRACT = `openapi: 3.0.3
info: { title: Shop, version: '1' }
servers: [{ url: https://shop.example/api }]
x-latchkey: { requests: report }
paths:
  /orders/{id}:
    put:
      operationId: putOrder
      security: []
      parameters:
        - { name: id, in: path, required: true, schema: { type: string, pattern: '^[0-9]+$' } }
        - { name: limit, in: query, required: true, schema: { type: integer, maximum: 10 } }
        - { $ref: '#/components/parameters/Tenant' }
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } } }
      ${OK}
    delete: { operationId: deleteOrder, security: [], parameters: [{ name: id, in: path, required: true, schema: { type: string } }], ${OK} }
components:
  parameters:
    Tenant: { name: X-Tenant, in: header, schema: { type: string, enum: [a, b] } }
  schemas:
    Named: { type: object, required: [name], properties: { name: { type: string, minLength: 3 } } }
    Order:
      allOf: [{ $ref: '#/components/schemas/Named' }]
      type: object
      additionalProperties: false
      properties:
        name: {}
        items: { type: array, maxItems: 1, items: { type: object, properties: { size: { type: integer, minimum: 5 } } } }
        "it's": { type: string, format: date }
`;

const folder = temporaryFolder();
const path = join(folder, "shop.yaml");
const DATABASE_URL = `sqlite:${join(folder, "latchkey.db")}`;
writeFileSync(path, CONTRACT);
const upstream = anUpstream();
const service = aService(() => ({ LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: upstream.url, DATABASE_URL }));

const put =
  (target: string, body: object, headers: object = {}) =>
  (url: string) =>
    request(url)
      .put(`/api/orders/${target}`)
      .set({ ...headers })
      .send(body);

/** Each violates something else. */
const TRAFFIC = [
  put("seven?limit=1", { name: "abc" }),
  put("7?limit=11", { name: "abc" }),
  put("7", { name: "abc" }),
  put("7?limit=1&page=2", { name: "abc" }),
  put("7?limit=1", { name: "abc" }, { "X-Tenant": "long" }),
  put("7?limit=1", {}),
  put("7?limit=1", { name: "a" }),
  put("7?limit=1", { name: "abc", items: [{ size: 1 }, { size: 2 }], colour: "red" }),
  put("7?limit=1", { name: "abc", "it's": "today" }),
  (url: string) => request(url).delete("/api/orders/7").send({ why: "late" }),
];

type Overlay = {
  readonly overlay: string;
  readonly actions: readonly { readonly target: string; readonly remove?: true; readonly update?: object }[];
};

/** The part of RFC 9535 that the command writes. */
const STEP = /\.(\w+)|\['((?:\\.|[^'\\])*)'\]|\[(\d+)\]|\[\?@ == '((?:\\.|[^'\\])*)'\]/gy;

type Holder = { [name: string | number]: unknown };

function isHolder(value: unknown): value is Holder {
  return typeof value === "object" && value !== null;
}

function apply({ actions }: Overlay, document: Holder) {
  for (const { target, remove, update } of actions) {
    const steps = [...target.slice(1).matchAll(STEP)];
    expect(`$${steps.map(([text]) => text).join("")}`).toBe(target);
    const item = steps.at(-1)?.[4];
    const keys = steps.flatMap(([, name, quoted, index, one]) =>
      one === undefined ? [name ?? quoted?.replaceAll("\\'", "'") ?? Number(index)] : [],
    );
    const at = (names: typeof keys) =>
      names.reduce<unknown>((node, key) => (isHolder(node) ? node[key] : node), document);
    const [holder, found, last = ""] = [at(keys.slice(0, -1)), at(keys), keys.at(-1)];
    if (item !== undefined && Array.isArray(found)) found.splice(found.indexOf(item), 1);
    else if (remove && isHolder(holder)) delete holder[last];
    else if (isHolder(found)) merge(found, update ?? {});
  }
  return document;
}

/** As the overlay specification says: objects are merged, and lists get what is added. */
function merge(into: Holder, update: object) {
  for (const [name, value] of Object.entries(update)) {
    const before = into[name];
    if (Array.isArray(before)) before.push(...value);
    else if (isHolder(before)) merge(before, value);
    else into[name] = value;
  }
}

async function overlayOf(): Promise<string> {
  const environment = { LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: upstream.url, DATABASE_URL };
  const { code, out } = await runCaptured(["contract", "observe", "--overlay"], { environment });
  expect(code).toBe(0);
  return out;
}

describe("latchkey contract observe --overlay", () => {
  it("prints changes with which the contract allows the same requests", async () => {
    for (const send of TRAFFIC) await send(service.url).expect(200);
    const kinds = async () => (await listViolations(service.running.actions.db)).length;
    while ((await kinds()) < 12) await new Promise((resolve) => setTimeout(resolve, 20));

    const text = await overlayOf();
    expect(text).toContain("putOrder #/query/limit: must be <= 10 (once, line 12)");
    const overlay: Overlay = parse(text);
    expect(overlay.overlay).toBe("1.0.0");
    const changed = apply(overlay, parse(CONTRACT.replace("requests: report", "requests: enforce")));

    const corrected = join(folder, "corrected.yaml");
    writeFileSync(corrected, stringify(changed));
    const settings = { LATCHKEY_CONTRACT: corrected, LATCHKEY_UPSTREAM: upstream.url };
    const log = createLog({
      level: "silent",
      secrets: /(?!)/g,
      mayContainSecrets: () => false,
      destination: { write: () => {} },
    });
    const enforcing = await serve(someConfig(settings), log);
    try {
      for (const send of TRAFFIC) {
        const { status, body } = await send(enforcing.url);
        expect({ status, body }).toEqual({ status: 200, body: { ok: true } });
      }
    } finally {
      await enforcing.stop({ isHurried: true });
    }
  });
});
