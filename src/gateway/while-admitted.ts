import type { AdmissionCheck } from "./admission-check.ts";
import type { OpenStream, OpenStreams } from "./tunnels/open-streams.ts";
import type { UpstreamOutcome } from "./upstream-port.ts";

type WaitingParts = Pick<OpenStream, "requestId" | "admission"> & {
  readonly streams: Pick<OpenStreams, "add">;
  /** Asked once more before the request is given up. */
  readonly check: AdmissionCheck;
};

/**
 * Waits for what comes of a request to an upstream, for as long as its key is admitted: a long poll may wait for minutes.
 * The call itself is broken off when the response to the client, a refusal, has ended.
 */
export function whileAdmitted(
  sent: Promise<UpstreamOutcome>,
  { streams, check, requestId, admission }: WaitingParts,
): Promise<UpstreamOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<UpstreamOutcome>();
  let isGivenUp = false;
  const giveUp = async () => {
    if (await check.isStillAdmitted()) return;
    isGivenUp = true;
    resolve({ kind: "not-admitted" });
  };
  const remove = streams.add({ requestId, admission, refuse: () => void giveUp() });
  sent.then(
    (outcome) => {
      remove();
      if (isGivenUp && outcome.kind === "response") outcome.body.discard();
      resolve(outcome);
    },
    (error) => {
      remove();
      reject(error);
    },
  );
  return promise;
}
