import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { createFindPeer } from "../../../src/http/message/find-peer.ts";

function aRequest(socket: { readonly remoteAddress?: string; readonly encrypted?: true }, forwardedFor?: string) {
  const headersDistinct = { ...(forwardedFor !== undefined && { "x-forwarded-for": [forwardedFor] }) };
  return { socket, headersDistinct } as unknown as IncomingMessage;
}

describe("the peer of a request", () => {
  it("is found once for each connection", () => {
    const findPeer = createFindPeer(0);
    const socket = { remoteAddress: "127.0.0.1" };
    const peer = findPeer(aRequest(socket));
    expect(peer).toMatchObject({ address: "127.0.0.1", isPrivate: true });
    expect(findPeer(aRequest(socket, "9.9.9.9"))).toBe(peer);
  });

  it("is found for each request behind a trusted proxy", () => {
    const findPeer = createFindPeer(1);
    const socket = { remoteAddress: "127.0.0.1" };
    const addresses = ["9.9.9.9", "8.8.8.8"].map((one) => findPeer(aRequest(socket, one)).address);
    expect(addresses).toEqual(["9.9.9.9", "8.8.8.8"]);
  });
});
