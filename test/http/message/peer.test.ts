import { describe, expect, it } from "@jest/globals";
import type { Request } from "express";
import { peerOf } from "../../../src/http/message/peer.ts";

const from = (remoteAddress: string | undefined) =>
  ({ socket: { remoteAddress }, headersDistinct: {} }) as unknown as Request;

describe("the other end of a connection", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1", "127.0.0.1", true],
    ["127.8.9.10", "127.8.9.10", "127.8.9.10", true],
    ["::1", "::1", "::", true],
    ["::ffff:127.0.0.1", "127.0.0.1", "127.0.0.1", true],
    ["::ffff:10.0.0.1", "10.0.0.1", "10.0.0.1", false],
    ["192.0.2.127", "192.0.2.127", "192.0.2.127", false],
    ["2001:db8:1:2:3::4", "2001:db8:1:2:3::4", "2001:db8:1:2::", false],
    ["fe80::1%eth0", "fe80::1%eth0", "fe80::", false],
  ])("at %s is %s of %s, and its confidentiality is %p", (remote, address, network, isPrivate) => {
    expect(peerOf(from(remote), 0)).toEqual({ address, network, isPrivate, isTls: false });
  });

  it("that is gone already is trusted with nothing", () => {
    expect(peerOf(from(undefined), 0)).toEqual({
      address: "unknown",
      network: "unknown",
      isPrivate: false,
      isTls: false,
    });
    expect(peerOf(from(undefined), 1)).toEqual({
      address: "unknown",
      network: "unknown",
      isPrivate: false,
      isTls: false,
    });
  });
});
