import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { createFindPeer } from "../../../src/fast-path/message/find-peer.ts";

function aRequest(socket: { readonly remoteAddress?: string; readonly encrypted?: true }, forwardedFor?: string) {
  const headersDistinct = { ...(forwardedFor !== undefined && { "x-forwarded-for": [forwardedFor] }) };
  return { socket, headersDistinct } as unknown as IncomingMessage;
}

describe("the peer of a request", () => {
  it("is found once for each connection", () => {
    const findPeer = createFindPeer(0, false);
    const socket = { remoteAddress: "127.0.0.1" };
    const peer = findPeer(aRequest(socket));
    expect(peer).toMatchObject({ address: "127.0.0.1", isPrivate: true });
    expect(findPeer(aRequest(socket, "9.9.9.9"))).toBe(peer);
  });

  it("is found for each request behind a trusted proxy", () => {
    const findPeer = createFindPeer(1, true);
    const socket = { remoteAddress: "127.0.0.1" };
    const addresses = ["9.9.9.9", "8.8.8.8"].map((one) => findPeer(aRequest(socket, one))?.address);
    expect(addresses).toEqual(["9.9.9.9", "8.8.8.8"]);
  });

  it("is undefined when the client has disconnected", () => {
    expect(createFindPeer(0, true)(aRequest({}))).toBeUndefined();
  });

  it("is undefined for a remote client in clear text, unless that is allowed", () => {
    const [remote, remoteWithTls] = [
      { remoteAddress: "9.9.9.9" },
      { remoteAddress: "9.9.9.9", encrypted: true as const },
    ];
    expect(createFindPeer(0, false)(aRequest(remote))).toBeUndefined();
    expect(createFindPeer(0, false)(aRequest(remoteWithTls))).toMatchObject({ address: "9.9.9.9", isTls: true });
    expect(createFindPeer(0, true)(aRequest(remote))).toMatchObject({ address: "9.9.9.9", isPrivate: false });
  });
});
