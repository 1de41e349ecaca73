import type { ServerResponse } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { createFindPeer } from "../../../src/http/message/find-peer.ts";
import { createReadHead } from "../../../src/http/message/read-head.ts";
import { createBegin } from "../../../src/http/stages/begin.ts";
import { aRequest } from "../../support/exchange.ts";

const begin = createBegin({
  findRequestId: () => "req_1",
  readHead: createReadHead({}),
  findPeer: createFindPeer(0),
  isStopping: () => false,
});
const RES = {} as ServerResponse;

describe("an exchange", () => {
  it("is not begun for a disconnected client: without an address it would look remote", () => {
    expect(begin(aRequest(), RES, undefined)).toBeUndefined();
  });

  it("closes the connection after a request that asks for an upgrade", () => {
    const req = Object.assign(aRequest({ headers: { Upgrade: "h2c" } }), { socket: { remoteAddress: "::1" } });
    expect(begin(req, RES, undefined)).toMatchObject({ isLast: true, peer: { address: "::1" } });
  });

  it("has an empty target when the request line has none", () => {
    const req = Object.assign(aRequest(), { method: undefined, url: undefined, socket: { remoteAddress: "::1" } });
    expect(begin(req, RES, undefined)?.message).toMatchObject({ method: "", target: "" });
  });

  it("has an empty target when that of the request is not valid", () => {
    const req = Object.assign(aRequest({ target: "/a#b" }), { socket: { remoteAddress: "::1" } });
    expect(begin(req, RES, undefined)?.message).toMatchObject({ target: "", path: "", query: "" });
  });
});
