import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { KEYS_IN_TEXT, mayContainKeys } from "../../../src/keys/format.ts";
import { createLog, type Log } from "../../../src/lib/log/log.ts";
import { UNKNOWN_SECRET } from "../../support/builders.ts";

/** Everything that reaches the destination while `act` logs. */
function written(act: (log: Log) => void, level = "trace"): string {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  act(createLog({ level, secrets: KEYS_IN_TEXT, mayContainSecrets: mayContainKeys, destination }));
  return lines.join("");
}

describe("the log", () => {
  it("writes one JSON line per event, with its time and level", () => {
    const lines = written((log) => {
      log.info({ requestId: "req_1" }, "first");
      log.warn("second");
    }).split("\n");
    expect(lines.map((line) => line && JSON.parse(line))).toEqual([
      { level: 30, time: expect.stringMatching(/^\d{4}-.*Z$/), requestId: "req_1", msg: "first" },
      { level: 40, time: expect.any(String), msg: "second" },
      "",
    ]);
  });

  it("writes nothing below its level", () => {
    expect(written((log) => log.info("quiet"), "warn")).toBe("");
    expect(written((log) => log.error("quiet"), "silent")).toBe("");
  });

  it.each<[string, (log: Log) => void]>([
    ["the message", (log) => log.info(`got ${UNKNOWN_SECRET}`)],
    ["a field", (log) => log.info({ query: `?api_key=${UNKNOWN_SECRET}&x=1` }, "got")],
    ["a field of a field", (log) => log.info({ req: { headers: [{ "x-api-key": UNKNOWN_SECRET }] } }, "got")],
    ["the name of a field", (log) => log.info({ [UNKNOWN_SECRET]: 1 }, "got")],
    ["an error's message", (log) => log.error({ err: new Error(`no such key: ${UNKNOWN_SECRET}`) }, "failed")],
    ["the cause of an error's cause", (log) => log.error({ err: deepCause() }, "failed")],
    ["an interpolated argument", (log) => log.info("got %s", UNKNOWN_SECRET)],
    ["a second line", (log) => log.info(`got\n${UNKNOWN_SECRET}\nand more`)],
  ])("redacts a key in %s", (_place, act) => {
    const text = written(act);
    expect(text).toContain("[redacted]");
    expect(text).not.toContain(UNKNOWN_SECRET.slice(-20));
  });

  it("redacts every key of a line", () => {
    expect(written((log) => log.info(`${UNKNOWN_SECRET} ${UNKNOWN_SECRET}`))).toContain('"[redacted] [redacted]"');
  });

  it("does not redact ids, which are public", () => {
    expect(written((log) => log.info({ keyId: "key_4Tz0ZkX0b1TnVd4sWcYe" }, "ok"))).toContain(
      "key_4Tz0ZkX0b1TnVd4sWcYe",
    );
  });

  it("stays JSON, and keeps all text around a key", () => {
    const before = fc.oneof(fc.string(), fc.constantFrom("\n", "\t", "\u001f", "\\", '"', "\\n", "\\u00"));
    fc.assert(
      fc.property(before, fc.string(), (front, back) => {
        const { msg } = JSON.parse(written((log) => log.info(`${front}-${UNKNOWN_SECRET}${back}`)));
        expect(msg).toBe(`${front}-[redacted]${back}`.replaceAll(KEYS_IN_TEXT, "[redacted]"));
        const glued = written((log) => log.info(`${front}${UNKNOWN_SECRET}`));
        expect(JSON.parse(glued).msg).toMatch(/\[redacted\]$/);
      }),
    );
  });

  it("keeps a line feed before a key", () => {
    expect(JSON.parse(written((log) => log.info(`got\n${UNKNOWN_SECRET}`))).msg).toBe("got\n[redacted]");
  });
});

function deepCause(): Error {
  const root = new Error(`bad value ${UNKNOWN_SECRET}`);
  return new Error("outer", { cause: new Error("middle", { cause: root }) });
}
