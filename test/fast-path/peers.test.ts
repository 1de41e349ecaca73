import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { createPeers } from "../../src/fast-path/peers.ts";

/** A request on a connection from there. */
function aRequest(socket: { readonly remoteAddress?: string; readonly encrypted?: true }, forwardedFor?: string) {
  const headersDistinct = { ...(forwardedFor !== undefined && { "x-forwarded-for": [forwardedFor] }) };
  return { socket, headersDistinct } as unknown as IncomingMessage;
}

describe("whoever is at the other end", () => {
  it("is found out once for a connection", () => {
    const peerOf = createPeers(0, false);
    const socket = { remoteAddress: "127.0.0.1" };
    const peer = peerOf(aRequest(socket));
    expect(peer).toMatchObject({ address: "127.0.0.1", isPrivate: true });
    expect(peerOf(aRequest(socket, "9.9.9.9"))).toBe(peer);
  });

  it("is another one with every request behind a proxy", () => {
    const peerOf = createPeers(1, true);
    const socket = { remoteAddress: "127.0.0.1" };
    const addresses = ["9.9.9.9", "8.8.8.8"].map((one) => peerOf(aRequest(socket, one))?.address);
    expect(addresses).toEqual(["9.9.9.9", "8.8.8.8"]);
  });

  it("is nobody when they are gone", () => {
    expect(createPeers(0, true)(aRequest({}))).toBeUndefined();
  });

  it("is nobody to look at a key of, when others may have read it; unless that is allowed", () => {
    const [far, farWithTls] = [{ remoteAddress: "9.9.9.9" }, { remoteAddress: "9.9.9.9", encrypted: true as const }];
    expect(createPeers(0, false)(aRequest(far))).toBeUndefined();
    expect(createPeers(0, false)(aRequest(farWithTls))).toMatchObject({ address: "9.9.9.9", isTls: true });
    expect(createPeers(0, true)(aRequest(far))).toMatchObject({ address: "9.9.9.9", isPrivate: false });
  });
});
