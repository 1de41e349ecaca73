import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { revokeKey } from "../../src/admin/keys/revoke-key.ts";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { anUpstream } from "../support/upstream.ts";

const CONTRACT = `openapi: 3.1.1
info: { title: Events, version: 1.0.0 }
servers: [{ url: / }]
paths:
  /events:
    get:
      operationId: getEvents
      security: []
      responses: { '200': { description: Events., content: { text/event-stream: {} } } }
  /own-events:
    get:
      operationId: getOwnEvents
      security: [{ ApiKey: ["events:read"] }]
      responses: { '200': { description: Events., content: { text/event-stream: {} } } }
components:
  securitySchemes:
    ApiKey: { type: apiKey, in: header, name: x-api-key, x-scopes: { "events:read": Events. } }
`;

const folder = temporaryFolder();
const upstream = anUpstream();
const service = aService(() => {
  const path = join(folder, "events.yaml");
  writeFileSync(path, CONTRACT);
  return { LATCHKEY_CONTRACT: path, LATCHKEY_LENIENT: "true", LATCHKEY_UPSTREAM: upstream.url };
});

/** The response of the upstream, whose head is out, and the one that the client sees. */
async function anOpenStream(headers: Readonly<Record<string, string>> = {}, path = "/events") {
  const started = Promise.withResolvers<ServerResponse>();
  upstream.respondWith((_req, res) => {
    res.writeHead(200, { "Content-Type": "text/event-stream" }).flushHeaders();
    started.resolve(res);
  });
  const sent = request(`${service.url}${path}`, { agent: false, headers });
  sent.end();
  const [source, [seen]] = await Promise.all([started.promise, once(sent, "response")]);
  return { source, seen: seen as IncomingMessage };
}

describe("an event stream", () => {
  it("begins for the client before its first event", async () => {
    const { source, seen } = await anOpenStream();
    expect(seen.headers["content-type"]).toBe("text/event-stream");
    source.end();
    await seen.resume().toArray();
  });

  it("delivers each event before the next one exists", async () => {
    const { source, seen } = await anOpenStream();
    for (const event of ["data: 1\n\n", "data: 2\n\n"]) {
      const arrived = once(seen, "data");
      source.write(event);
      expect(String((await arrived)[0])).toBe(event);
    }
    source.end();
    await once(seen, "end");
  });

  it("is compressed if client and upstream agree on that, and not by the gateway", async () => {
    const { source, seen } = await anOpenStream({ "Accept-Encoding": "br, gzip" });
    expect(upstream.last().headers["accept-encoding"]).toBe("br, gzip");
    expect(seen.headers).not.toHaveProperty("content-encoding");
    source.end();
    await seen.resume().toArray();
  });

  it("is cut off within seconds after its key is revoked, on both sides", async () => {
    const { key, secret } = await service.issue({ scopes: ["events:read"] });
    const { source, seen } = await anOpenStream({ "x-api-key": secret }, "/own-events");
    const [left, cut] = [once(source, "close"), once(seen, "error")];
    source.write("data: 1\n\n");
    expect(String((await once(seen, "data"))[0])).toBe("data: 1\n\n");
    await revokeKey(key.id, { reason: "leaked" }, service.running.actions);
    await Promise.all([left, cut]);
    expect(service.logged()).toContainEqual(
      expect.objectContaining({ msg: "a stream was ended: its key is not admitted any more" }),
    );
  });

  it("is refused while it still waits for its head, once its key is revoked", async () => {
    const { key, secret } = await service.issue({ scopes: ["events:read"] });
    const asked = Promise.withResolvers<ServerResponse>();
    upstream.respondWith((_req, res) => asked.resolve(res));
    const sent = request(`${service.url}/own-events`, { agent: false, headers: { "x-api-key": secret } });
    sent.end();
    const left = once(await asked.promise, "close");
    await revokeKey(key.id, { reason: "leaked" }, service.running.actions);
    const [seen] = (await once(sent, "response")) as [IncomingMessage];
    expect(JSON.parse(String(await seen.toArray()))).toMatchObject({ status: 401, code: "key-revoked" });
    await left;
  });
});
