import { describe, expect, it } from "@jest/globals";
import type { AdmissionCheck } from "../../src/gateway/admission-check.ts";
import type { OpenStream } from "../../src/gateway/tunnels/open-streams.ts";
import type { UpstreamOutcome } from "../../src/gateway/upstream-port.ts";
import { whileAdmitted } from "../../src/gateway/while-admitted.ts";

function waitingFor(sent: Promise<UpstreamOutcome>) {
  const watched = new Set<OpenStream>();
  const outcome = whileAdmitted(sent, {
    requestId: "req_a",
    admission: () => "admitted",
    check: { isStillAdmitted: () => true } as unknown as AdmissionCheck,
    streams: {
      add: (stream) => {
        watched.add(stream);
        return () => void watched.delete(stream);
      },
    },
  });
  return { outcome, watched };
}

describe("a request that waits for its upstream", () => {
  it("is watched until the outcome is here", async () => {
    const { promise, resolve } = Promise.withResolvers<UpstreamOutcome>();
    const { outcome, watched } = waitingFor(promise);
    expect(watched.size).toBe(1);
    resolve({ kind: "not-admitted" });
    expect(await outcome).toEqual({ kind: "not-admitted" });
    expect(watched.size).toBe(0);
  });

  it("is watched no longer when it fails", async () => {
    const { outcome, watched } = waitingFor(Promise.reject(new Error("a fault")));
    await expect(outcome).rejects.toThrow("a fault");
    expect(watched.size).toBe(0);
  });
});
