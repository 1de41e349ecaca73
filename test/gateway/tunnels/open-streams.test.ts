import { afterAll, describe, expect, it } from "@jest/globals";
import { type StreamAdmission, trackOpenStreams } from "../../../src/gateway/tunnels/open-streams.ts";
import { createLog } from "../../../src/lib/log/log.ts";

const log = createLog({ level: "silent", secrets: /x/g, destination: { write: () => {} } });
const streams = trackOpenStreams(log);
afterAll(streams.close);

/** A stream whose key is admitted as the test says. */
function aStream(admission: () => StreamAdmission | Promise<StreamAdmission>) {
  let refused = 0;
  let checks = 0;
  const remove = streams.add({
    requestId: "req_a",
    admission,
    refuse: () => void refused++,
    check: () => void checks++,
  });
  return { remove, refused: () => refused, checks: () => checks };
}

async function check(times: number) {
  for (let time = 0; time < times; time++) await streams.check();
}

describe("an open stream", () => {
  it.each(["at once", "after a look-up"])("is ended once its key is not admitted, decided %s", async (when) => {
    let admission: StreamAdmission = "admitted";
    const { refused, remove } = aStream(() => (when === "at once" ? admission : Promise.resolve(admission)));
    await check(3);
    expect(refused()).toBe(0);
    admission = "refused";
    await check(3);
    expect(refused()).toBe(1);
    remove();
  });

  it("outlives a store that does not respond for a moment", async () => {
    let admission: StreamAdmission = "unknown";
    const { refused, remove } = aStream(() => admission);
    await check(9);
    admission = "admitted";
    await check(1);
    admission = "unknown";
    await check(9);
    expect(refused()).toBe(0);
    await check(1);
    expect(refused()).toBe(1);
    remove();
  });

  it("is looked at until it is over, also after it was refused", async () => {
    const { checks, remove } = aStream(() => "refused");
    await check(3);
    expect(checks()).toBe(3);
    remove();
    await check(1);
    expect(checks()).toBe(3);
  });
});
